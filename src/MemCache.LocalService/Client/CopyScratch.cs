using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.LocalService;

/// <summary>
/// What a copy needs: its pieces, and the segments that it holds mapped. Grows to the largest batch seen and stays. One
/// thread at a time.
/// </summary>
internal class CopyScratch
{
    // Segments held mapped until the call ends; a batch touches few different ones.
    private readonly List<SegmentHandle> _held = new(16);
    private CopyPiece[] _pieces = new CopyPiece[128];

    /// <summary>Pieces collected so far.</summary>
    public ReadOnlySpan<CopyPiece> Pieces => _pieces.AsSpan(0, PieceCount);

    /// <summary>Number of pieces, to go back to with <see cref="CutPieces"/>.</summary>
    public int PieceCount { get; private set; }

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

    public void ReleaseSegments()
    {
        foreach (SegmentHandle held in _held)
        {
            held.Release();
        }

        _held.Clear();
    }
}
