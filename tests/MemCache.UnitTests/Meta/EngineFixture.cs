using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>An engine with one-line calls for tests.</summary>
internal sealed class EngineFixture
{
    private readonly ObjectLocation[] _objects = new ObjectLocation[Limits.BatchCountMax];
    private readonly ReplicaLocation[] _replicas = new ReplicaLocation[Limits.BatchCountMax * Limits.ReplicaCountMax];
    private readonly MmcStatus[] _statuses = new MmcStatus[Limits.BatchCountMax];

    public EngineFixture(
        int shardCount = 4, int high = 90, int low = 80, int leaseMs = 1000, EvictionOrder order = EvictionOrder.Lru,
        int minResidenceMs = 0, bool refuses = false, int hardPinPercent = 50, params TenantQuota[] quotas) =>
        Engine = new MetaEngine(new MetaEngineOptions
        {
            ShardCount = shardCount,
            HashSeed = 7,
            LeaseMsDefault = leaseMs,
            EvictHighPercent = high,
            EvictLowPercent = low,
            HardPinPercent = hardPinPercent,
            TenantQuotas = quotas,
            EvictionOrder = order,
            MinResidenceMs = minResidenceMs,
            RefusesUnworthy = refuses,
        });

    public MetaEngine Engine { get; }

    public long Now { get; set; } = 1000;

    public SegmentId Mount(int rank, long megabytes, ulong host = 0)
    {
        Assert.Equal(MmcStatus.Ok, Engine.MountSegment(
            new RankId((ushort)rank), Medium.Dram, megabytes << 20, (uint)(megabytes << 8), out SegmentId segment, host));
        return segment;
    }

    public SessionId Open(uint session, int rank = -1, ulong host = 0)
    {
        SessionId id = new(session);
        Assert.Equal(MmcStatus.Ok, Engine.OpenSession(id, rank < 0 ? RankId.None : new RankId((ushort)rank), host));
        return id;
    }

    public MmcStatus Reserve(
        SessionId session, string key, long size, out ObjectLocation location, out ReplicaLocation[] replicas,
        in ReplicateOptions options = default)
    {
        int count = Engine.Reserve(
            session, new KeyBatch(key).Spans, [size], options, Medium.Dram, Now, _objects.AsSpan(0, 1), _replicas);
        location = _objects[0];
        replicas = _replicas.AsSpan(0, count).ToArray();
        return location.Status;
    }

    public MmcStatus Commit(SessionId session, in ObjectLocation location, ReplicaLocation[] replicas, bool publish = true) =>
        Commit(session, location, replicas, publish ? CommitEntry.PublishAll : CommitEntry.Drop);

    public MmcStatus Commit(SessionId session, in ObjectLocation location, ReplicaLocation[] replicas, uint publish)
    {
        CommitEntry entry = new() { Ref = location.Ref, Generation = replicas[0].Generation, Publish = publish };
        Engine.Commit(session, [entry], Now, _statuses.AsSpan(0, 1));
        return _statuses[0];
    }

    public MmcStatus Put(SessionId session, string key, long size, in ReplicateOptions options = default)
    {
        MmcStatus status = Reserve(session, key, size, out ObjectLocation location, out ReplicaLocation[] replicas, options);
        return status == MmcStatus.Ok ? Commit(session, location, replicas) : status;
    }

    public MmcStatus Exists(string key)
    {
        Engine.Exists(new KeyBatch(key).Spans, Now, _statuses.AsSpan(0, 1));
        return _statuses[0];
    }

    public void Exists(string[] keys) => Engine.Exists(new KeyBatch(keys).Spans, Now, _statuses.AsSpan(0, keys.Length));

    public MmcStatus Lookup(
        string key, out ObjectLocation location, out ReplicaLocation[] replicas, int leaseMs = 0, int nearRank = -1)
    {
        RankId near = nearRank < 0 ? RankId.None : new RankId((ushort)nearRank);
        int count = Engine.Lookup(new KeyBatch(key).Spans, near, leaseMs, Now, _objects.AsSpan(0, 1), _replicas);
        location = _objects[0];
        replicas = _replicas.AsSpan(0, count).ToArray();
        return location.Status;
    }

    public MmcStatus Query(string key) => Lookup(key, out _, out _, leaseMs: -1);

    public void Release(in ObjectLocation location, ReplicaLocation[] replicas) =>
        Engine.ReleaseLeases([new LeaseRelease { Ref = location.Ref, Generation = replicas[0].Generation }], Now);

    public MmcStatus Remove(string key)
    {
        Engine.Remove(new KeyBatch(key).Spans, Now, _statuses.AsSpan(0, 1));
        return _statuses[0];
    }

    public MmcStatus Pin(string key, ObjectPin? pin, int? ttlMs = null)
    {
        Engine.SetPriorities(new KeyBatch(key).Spans, pin, ttlMs, Now, _statuses.AsSpan(0, 1));
        return _statuses[0];
    }

    public void TickAll()
    {
        while (Engine.Tick(Now))
        {
        }
    }

    public long UsedBytes => Engine.ReadStats().Media[0].UsedBytes;
}
