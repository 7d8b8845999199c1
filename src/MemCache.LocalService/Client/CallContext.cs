using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>
/// What one call needs for its length: a connection with its buffers, and scratch that grows to the largest batch seen
/// and stays. Belongs to one thread from rent to return, so a warm call allocates nothing.
/// </summary>
internal sealed class CallContext(MetaConnection connection, StoreCounters counters) : CopyScratch
{
    private bool _isDisposed;

    public MetaConnection Connection { get; } = connection;

    /// <summary>Where the call counts.</summary>
    public StoreLane Lane { get; } = counters.RentLane();

    /// <summary>Batch of one, for the calls of one key.</summary>
    public KeyBatch SingleKey { get; } = new();

    /// <summary>Buffers of one, for the calls of one key.</summary>
    public BufferBatch SingleBuffers { get; } = new();

    /// <summary>Copy of the answer's objects: the connection's buffer is needed for the next request.</summary>
    public ObjectLocation[] Objects { get; private set; } = [];

    /// <summary>Copy of the answer's replicas.</summary>
    public ReplicaLocation[] Replicas { get; private set; } = [];

    /// <summary>Where each entry stands; shape [n].</summary>
    public TransferEntry[] Entries { get; private set; } = [];

    /// <summary>The ways to the replicas of the object that a put is beginning; null where it is mapped.</summary>
    public RemoteSegment?[] Ways { get; } = new RemoteSegment?[Limits.ReplicaCountMax];

    /// <summary>Keys of a get that are looked up anew, for none of their replicas could be read.</summary>
    public KeyBatch MovedKeys { get; } = new();

    /// <summary>The caller's entry of each of <see cref="MovedKeys"/>.</summary>
    public List<int> MovedIndexes { get; } = [];

    /// <summary>Entry that each commit belongs to; shape [commits].</summary>
    public int[] CommitIndexes { get; private set; } = [];

    /// <summary>Commits of a put; shape [commits].</summary>
    public CommitEntry[] Commits { get; private set; } = [];

    /// <summary>Pin and end of life of what a put stores.</summary>
    public StoredTerms Terms { get; set; }

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
            Entries = new TransferEntry[count];
            CommitIndexes = new int[count];
            Commits = new CommitEntry[count];
            Releases = new LeaseRelease[count];
        }

        if (Replicas.Length < replicaCount)
        {
            Replicas = new ReplicaLocation[replicaCount];
        }

        ClearWork();
        RegistryRefreshed = false;
    }

    public override void Dispose()
    {
        Connection.Dispose();
        if (!_isDisposed)
        {
            _isDisposed = true;
            counters.ReturnLane(Lane);
        }

        base.Dispose();
    }
}
