using System.Collections.Concurrent;
using System.Numerics;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// The metadata of a pool: which object lies where, who reserves, reads and owns what. It never sees an object's bytes, has no clock, thread
/// or I/O: callers say what time it is, and the same calls in the same order give the same answers. All methods are thread-safe; none
/// throws on any input, and none but mounting and opening allocates once the tables are warm. Times are monotonic milliseconds.
/// </summary>
public sealed partial class MetaEngine
{
    private readonly Shard<LruPolicy>[] _shards;
    private readonly GenerationCounter _generations;
    private readonly SegmentTable _segments;
    private readonly ConcurrentDictionary<uint, Session> _sessions = new();
    private readonly KeyHash _hash;
    private readonly ChunkPool _pool = new(chunkShift: 20);
    private readonly Quotas _quotas;
    private readonly ScratchPool _scratch;
    private readonly ReuseTable _reuse = new();
    private readonly EvictionOrder _order;
    private readonly int _ghostRatio;
    private readonly ulong _hashSeed;
    private readonly Evictor<LruPolicy> _evictor;
    private readonly Placer<LruPolicy> _placer;
    private readonly Lock _tickLock = new();
    private readonly Lock _mountLock = new();
    private volatile Settings _settings = Settings.Legal(10_000, 90, 80, 0, refusesUnworthy: false);
    private ulong _sequence;

    /// <summary>An empty engine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range.</exception>
    public MetaEngine(MetaEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShardCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ShardCount, 256);
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.IsPow2(options.ShardCount), true);
        ArgumentOutOfRangeException.ThrowIfNegative(options.GhostRatio);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.GhostRatio, ReuseLimits.GhostRatioMax);
        _order = options.EvictionOrder;
        _ghostRatio = options.GhostRatio;
        _hashSeed = options.HashSeed;
        _generations = new GenerationCounter(options.GenerationStart);
        _segments = new SegmentTable(_generations);
        _quotas = new Quotas(options, _segments);
        _hash = new KeyHash(options.HashSeed);
        _scratch = new ScratchPool(options.ShardCount);
        _shards = new Shard<LruPolicy>[options.ShardCount];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard<LruPolicy>(i, _segments, _hash, _quotas, _pool);
        }

        _evictor = new Evictor<LruPolicy>(_shards, _segments, _reuse);
        Configure(
            options.LeaseMsDefault, options.EvictHighPercent, options.EvictLowPercent, options.MinResidenceMs,
            options.RefusesUnworthy);
        _placer = new Placer<LruPolicy>(_segments, _evictor);
        _moveScan = new MoveScan(_segments, _moveQueue);
    }

    /// <summary>Changes what may change while running. Values outside their ranges are moved to the nearest legal one.</summary>
    public void Configure(
        int leaseMsDefault, int evictHighPercent, int evictLowPercent, int minResidenceMs = 0,
        bool refusesUnworthy = false)
    {
        var settings = Settings.Legal(
            leaseMsDefault, evictHighPercent, evictLowPercent, minResidenceMs, refusesUnworthy);
        _settings = settings;
        _evictor.Configure(settings.EvictHighPercent, settings.EvictLowPercent, settings.MinResidenceMs);
    }

    /// <summary>Begins a client's membership.</summary>
    /// <param name="session">Its number, never used before; not <see cref="SessionId.None"/>.</param>
    /// <param name="rank">Its rank, which its puts prefer; <see cref="RankId.None"/> if it contributes no memory.</param>
    /// <param name="host">Number of the host that it runs on: it writes into segments of other hosts only through their owners.</param>
    /// <returns>Ok; InvalidParameter; RepeatedCall: the session is open.</returns>
    public MmcStatus OpenSession(SessionId session, RankId rank, ulong host = 0)
    {
        if (session == SessionId.None || rank != RankId.None && rank.Value >= Limits.RankCountMax)
        {
            return MmcStatus.InvalidParameter;
        }

        var opened = new Session(session, rank, host, _shards.Length);
        return _sessions.TryAdd(session.Value, opened) ? MmcStatus.Ok : MmcStatus.RepeatedCall;
    }

    /// <summary>Ends a membership: its reservations and its leases by key. Unknown sessions are ignored.</summary>
    /// <param name="session">Its number.</param>
    /// <param name="writerIsDead">
    /// True: the process is known to be gone, the space of its reservations in segments of its host comes back at once; in segments of other
    /// hosts they become orphans, for what it has sent may still be on its way. False: it may still be copying; all its reservations become
    /// orphans, whose space is held until <see cref="ResolveOrphan"/>.
    /// </param>
    /// <param name="nowMs">The time.</param>
    public void CloseSession(SessionId session, bool writerIsDead, long nowMs)
    {
        if (!_sessions.TryRemove(session.Value, out Session? closed))
        {
            return;
        }

        closed.IsClosed = true;
        foreach (Shard<LruPolicy> shard in _shards)
        {
            while (shard.Revoke(closed, writerIsDead) | shard.EndKeyLeases(closed, nowMs))
            {
                // A bounded number in each hold of the lock, so that requests get in between.
            }
        }
    }

    /// <summary>Adds a rank's memory to the pool, empty.</summary>
    /// <param name="rank">Whose it is.</param>
    /// <param name="medium">What it is made of; a rank has one segment of each.</param>
    /// <param name="dataBytes">Its size, up to <see cref="Limits.SegmentBytesMax"/>; rounded down to pages.</param>
    /// <param name="slotCount">Slots of its directory, 1 or more: blobs it can hold.</param>
    /// <param name="segment">The mount's number on Ok.</param>
    /// <param name="host">Number of the host that it lies on.</param>
    /// <returns>
    /// Ok; InvalidParameter; RepeatedCall: the rank has a living segment of this medium, drop it first; LimitExceeded: too many segments.
    /// </returns>
    public MmcStatus MountSegment(
        RankId rank, Medium medium, long dataBytes, uint slotCount, out SegmentId segment, ulong host = 0) =>
        MountSegment(rank, medium, dataBytes, slotCount, isRestoring: false, out segment, out _, host);

    /// <summary>
    /// Takes a segment out of the pool, at once and in constant time: its replicas do not count from now on. What remembers them is cleared
    /// by <see cref="Tick"/>; only then may the number be given again.
    /// </summary>
    /// <returns>Ok; KeyNotFound: no living segment has this number.</returns>
    public MmcStatus DropSegment(SegmentId segment) => _segments.Drop(segment);

    /// <summary>
    /// Shows the orphans in a segment to its owner: the oldest first, and what was shown goes behind the others, so that repeated calls come
    /// to all of them.
    /// </summary>
    /// <returns>Number of entries written.</returns>
    public int CopyOrphans(SegmentId segment, Span<OrphanEntry> orphans) =>
        _segments.Living(segment.Value)?.CopyOrphans(orphans) ?? 0;

    /// <summary>Number of orphans in a segment.</summary>
    public int OrphanCount(SegmentId segment) => _segments.Living(segment.Value)?.OrphanCount ?? 0;

    /// <summary>
    /// The owner of a segment says that nobody writes into that blob any more: its space comes back. Unknown ones are ignored.
    /// </summary>
    public void ResolveOrphan(SegmentId segment, uint slot, ulong generation, long nowMs)
    {
        _ = nowMs;
        if (_segments.Living(segment.Value) is { } mount && mount.TryTakeOrphan(slot, generation, out ObjectRef record))
        {
            _shards[RecordRef.Shard(record)].ResolveOrphan(record, mount, generation);
        }
    }

    /// <summary>
    /// One bounded step of maintenance: evicts between the watermarks, removes objects whose time is over, frees removed objects that nobody reads any more, clears up after
    /// dropped segments, finds what is to move. Call it every few milliseconds, from any thread.
    /// </summary>
    /// <returns>Whether there is more to do now: call it again soon.</returns>
    public bool Tick(long nowMs)
    {
        lock (_tickLock)
        {
            bool more = _evictor.Step(nowMs, Volatile.Read(ref _sequence));
            foreach (Shard<LruPolicy> shard in _shards)
            {
                shard.EndExpiredKeyLeases(nowMs);
                shard.FreeUnread(nowMs);
                more |= shard.Expire(nowMs);
            }

            more |= SweepStep();
            ScanForMoves(nowMs);
            return more;
        }
    }

    /// <summary>All figures. Allocates.</summary>
    public MetaEngineStats ReadStats() => ReadStats(_shards);

    // Access numbers for a batch: the first key gets the highest, key i gets this less i.
    private ulong TakeSequence(int count) => Interlocked.Add(ref _sequence, (ulong)count);

    private sealed record Settings(
        int LeaseMsDefault, int EvictHighPercent, int EvictLowPercent, int MinResidenceMs, bool RefusesUnworthy)
    {
        public static Settings Legal(
            int leaseMsDefault, int evictHighPercent, int evictLowPercent, int minResidenceMs, bool refusesUnworthy)
        {
            int high = Math.Clamp(evictHighPercent, 1, 99);
            int low = Math.Clamp(evictLowPercent, 0, high - 1);
            return new Settings(
                Math.Max(leaseMsDefault, 1), high, low, Math.Max(minResidenceMs, 0), refusesUnworthy);
        }
    }
}
