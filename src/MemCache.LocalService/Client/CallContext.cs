using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>
/// What one call needs for its length: a connection with its buffers, and scratch that grows to the largest batch seen and stays. Belongs
/// to one thread from rent to return, so a warm call allocates nothing.
/// </summary>
internal sealed class CallContext(MetaConnection connection) : CopyScratch, IDisposable
{
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

        CutPieces(0);
        RegistryRefreshed = false;
    }

    public void Dispose() => Connection.Dispose();
}
