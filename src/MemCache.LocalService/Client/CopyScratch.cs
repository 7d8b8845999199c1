using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.LocalService;

/// <summary>
/// What a copy needs: its pieces, the segments that it holds mapped, and its operations on segments of other hosts.
/// Grows to the largest batch seen and stays. One thread at a time.
/// </summary>
internal class CopyScratch : IDisposable
{
    // Segments held mapped until the call ends; a batch touches few different ones.
    private readonly List<SegmentHandle> _held = new(16);
    private readonly List<(SegmentId Segment, SegmentHandle Handle)> _writes = new(16);
    private CopyPiece[] _pieces = new CopyPiece[128];
    private RemoteBatch? _remote; // made when the first segment of another host is touched

    /// <summary>Pieces collected so far.</summary>
    public ReadOnlySpan<CopyPiece> Pieces => _pieces.AsSpan(0, PieceCount);

    /// <summary>Number of pieces, to go back to with <see cref="CutPieces"/>.</summary>
    public int PieceCount { get; private set; }

    /// <summary>Outcomes of the operations of <see cref="RemoteOf"/>, once <see cref="Run"/> has returned.</summary>
    public RemoteBatch Remote => _remote!;

    public void AddPiece(nuint source, nuint destination, long sizeBytes)
    {
        if (PieceCount == _pieces.Length)
        {
            Array.Resize(ref _pieces, 2 * _pieces.Length);
        }

        _pieces[PieceCount++] = new CopyPiece(source, destination, sizeBytes);
    }

    /// <summary>
    /// Collects what fills the layers one behind the other from <paramref name="sizeBytes"/> bytes of the pool.
    /// </summary>
    public void AddGetPieces(nuint source, long sizeBytes, ReadOnlySpan<MemoryBuffer> layers)
    {
        foreach (MemoryBuffer layer in layers)
        {
            // The last layer may be longer than what is left: a single get allows a destination with room to spare.
            long length = Math.Min(layer.SizeBytes, sizeBytes);
            AddPiece(source, layer.Address, length);
            source += (nuint)length;
            sizeBytes -= length;
        }
    }

    /// <summary>Collects what stores the layers one behind the other.</summary>
    public void AddPutPieces(nuint destination, ReadOnlySpan<MemoryBuffer> layers)
    {
        foreach (MemoryBuffer layer in layers)
        {
            AddPiece(layer.Address, destination, layer.SizeBytes);
            destination += (nuint)layer.SizeBytes;
        }
    }

    public void CutPieces(int count) => PieceCount = count;

    /// <summary>Where operations on a segment of another host are collected.</summary>
    public RemoteBatch RemoteOf(ITransport transport) => _remote ??= transport.NewBatch();

    /// <summary>Copies the pieces, while the remote operations run, and carries those to their end.</summary>
    /// <returns>Outcome of the pieces; each remote operation has its own.</returns>
    public MmcStatus Run(CopyEngine copies, CopyDirection direction, long deadline)
    {
        if (_remote is null || _remote.Count == 0)
        {
            return copies.Copy(Pieces, direction);
        }

        _remote.Start(deadline);
        try
        {
            return copies.Copy(Pieces, direction);
        }
        finally
        {
            // Whatever happens: when this returns nobody touches the caller's buffers any more.
            _remote.Finish();
        }
    }

    /// <summary>Carries the remote operations to their end, where there is nothing to copy beside them.</summary>
    public void RunRemote(long deadline)
    {
        if (_remote is { Count: > 0 })
        {
            _remote.Start(deadline);
            _remote.Finish();
        }
    }

    /// <summary>Forgets pieces and operations; what is held mapped stays held.</summary>
    public void ClearWork()
    {
        PieceCount = 0;
        if (_remote is { Count: > 0 })
        {
            _remote.Clear();
        }
    }

    /// <summary>Holds a segment's mapping until <see cref="ReleaseSegments"/>; null if it can't be had.</summary>
    public SegmentView? Hold(SegmentHandle handle)
    {
        foreach (SegmentHandle held in _held)
        {
            if (ReferenceEquals(held, handle))
            {
                return handle.View;
            }
        }

        if (!handle.TryAcquire(out SegmentView? view))
        {
            return null;
        }

        _held.Add(handle);
        return view;
    }

    /// <summary>
    /// As <see cref="Hold"/>, and <see cref="HeldForWriting"/> knows it by the number that its session has for it.
    /// </summary>
    public SegmentView? HoldForWriting(SegmentHandle handle, SegmentId segment)
    {
        SegmentView? view = Hold(handle);
        if (view is not null && HeldForWriting(segment) is null)
        {
            _writes.Add((segment, handle));
        }

        return view;
    }

    /// <summary>
    /// A segment that this call writes into. What was begun there has to be ended there, also when the session has
    /// ended meanwhile and does not know the segment any more.
    /// </summary>
    public SegmentView? HeldForWriting(SegmentId segment)
    {
        foreach ((SegmentId held, SegmentHandle handle) in _writes)
        {
            if (held == segment)
            {
                return handle.View;
            }
        }

        return null;
    }

    public void ReleaseSegments()
    {
        _writes.Clear();
        foreach (SegmentHandle held in _held)
        {
            held.Release();
        }

        _held.Clear();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _remote?.Dispose();
        GC.SuppressFinalize(this);
    }
}
