using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.LocalService;

/// <summary>
/// What one call needs for its length: a connection with its buffers, and scratch that grows to the largest batch seen and stays. Belongs
/// to one thread from rent to return, so a warm call allocates nothing.
/// </summary>
internal sealed class CallContext(MetaConnection connection) : IDisposable
{
    // Segments that this call holds mapped until it ends; a batch touches few different ones.
    private readonly List<SegmentHandle> _held = new(16);
    private CopyPiece[] _pieces = new CopyPiece[128];
    private int _pieceCount;

    public MetaConnection Connection { get; } = connection;

    /// <summary>Batch of one, for the calls of one key.</summary>
    public KeyBatch SingleKey { get; } = new();

    /// <summary>Buffers of one, for the calls of one key.</summary>
    public BufferBatch SingleBuffers { get; } = new();

    /// <summary>Copy of the answer's objects: the connection's buffer is needed for the next request.</summary>
    public ObjectLocation[] Objects { get; private set; } = [];

    /// <summary>Copy of the answer's replicas.</summary>
    public ReplicaLocation[] Replicas { get; private set; } = [];

    /// <summary>Index of the replica that each entry of a get reads; shape [n].</summary>
    public int[] ReplicaIndexes { get; private set; } = [];

    /// <summary>Entry that each commit belongs to; shape [commits].</summary>
    public int[] CommitIndexes { get; private set; } = [];

    /// <summary>Commits of a put; shape [commits].</summary>
    public CommitEntry[] Commits { get; private set; } = [];

    /// <summary>Leases to give back, or to carry; shape [at most n].</summary>
    public LeaseRelease[] Releases { get; private set; } = [];

    /// <summary>Whether this call has asked for the segment list already: once is enough.</summary>
    public bool RegistryRefreshed { get; set; }

    /// <summary>Pieces collected so far.</summary>
    public ReadOnlySpan<CopyPiece> Pieces => _pieces.AsSpan(0, _pieceCount);

    /// <summary>Number of pieces, to go back to with <see cref="CutPieces"/>.</summary>
    public int PieceCount => _pieceCount;

    /// <summary>Makes room for <paramref name="count"/> entries and <paramref name="replicaCount"/> replicas.</summary>
    public void Prepare(int count, int replicaCount)
    {
        if (Objects.Length < count)
        {
            Objects = new ObjectLocation[count];
            ReplicaIndexes = new int[count];
            CommitIndexes = new int[count];
            Commits = new CommitEntry[count];
            Releases = new LeaseRelease[count];
        }

        if (Replicas.Length < replicaCount)
        {
            Replicas = new ReplicaLocation[replicaCount];
        }

        _pieceCount = 0;
        RegistryRefreshed = false;
    }

    public void AddPiece(nuint source, nuint destination, long sizeBytes)
    {
        if (_pieceCount == _pieces.Length)
        {
            Array.Resize(ref _pieces, 2 * _pieces.Length);
        }

        _pieces[_pieceCount++] = new CopyPiece(source, destination, sizeBytes);
    }

    public void CutPieces(int count) => _pieceCount = count;

    /// <summary>Holds a segment's mapping until <see cref="ReleaseSegments"/>.</summary>
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

    public void Dispose() => Connection.Dispose();
}
