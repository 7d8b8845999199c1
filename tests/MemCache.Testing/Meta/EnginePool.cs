using System.Globalization;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Testing;

/// <summary>
/// A metadata engine that serves prompts as inference engines ask a pool: exist of all blocks, get of the leading ones
/// that are there, put of the rest. Blocks are numbers, each an object of one page. A request takes a millisecond of
/// made-up time, and the maintenance runs after it.
/// </summary>
public sealed class EnginePool
{
    private const int HighPercent = 82;
    private const int LowPercent = 80;
    private const int LookupCount = 16;
    private const int TickIntervalMs = 10;

    private readonly SessionId _session = new(1);
    private readonly KeyBatch _keys = new();
    private readonly KeyBatch _part = new();
    private readonly bool _ticksAlways;
    private MmcStatus[] _statuses = [];
    private ObjectLocation[] _objects = [];
    private ReplicaLocation[] _replicas = [];
    private CommitEntry[] _commits = [];
    private LeaseRelease[] _releases = [];
    private long[] _sizes = [];

    /// <summary>An empty pool.</summary>
    /// <param name="order">Which objects leave first.</param>
    /// <param name="capacityCount">Objects that fit halfway between the watermarks.</param>
    /// <param name="ticksAlways">Whether maintenance runs after each request; else every tenth.</param>
    public EnginePool(EvictionOrder order, int capacityCount, bool ticksAlways = true)
    {
        _ticksAlways = ticksAlways;
        Engine = new MetaEngine(new MetaEngineOptions
        {
            EvictionOrder = order,
            EvictHighPercent = HighPercent,
            EvictLowPercent = LowPercent,
            HashSeed = 1,
        });
        long pageCount = capacityCount * 200L / (HighPercent + LowPercent);
        Invariant.Require(Engine.MountSegment(
            new RankId(0), Medium.Dram, pageCount * Limits.BlobAlignmentBytes, (uint)pageCount, out _) == MmcStatus.Ok);
        Invariant.Require(Engine.OpenSession(_session, new RankId(0)) == MmcStatus.Ok);
    }

    /// <summary>The engine.</summary>
    public MetaEngine Engine { get; }

    /// <summary>Its time.</summary>
    public long NowMs { get; private set; } = 1;

    /// <summary>Puts that found no room.</summary>
    public long RefusedCount { get; private set; }

    /// <summary>Serves a prompt.</summary>
    /// <returns>Leading blocks that were there.</returns>
    public int Serve(ReadOnlySpan<int> blocks)
    {
        Grow(blocks.Length);
        Fill(_keys, blocks);
        Engine.Exists(_keys.Spans, NowMs, _statuses.AsSpan(0, blocks.Length));
        int hits = _statuses.AsSpan(0, blocks.Length).IndexOfAnyExcept(MmcStatus.Ok);
        hits = hits < 0 ? blocks.Length : hits;
        for (int begin = 0; begin < hits; begin += LookupCount)
        {
            Get(blocks[begin..Math.Min(hits, begin + LookupCount)]);
        }

        if (hits < blocks.Length)
        {
            Put(blocks[hits..]);
        }

        if (_ticksAlways || NowMs % TickIntervalMs == 0)
        {
            PassTime(1);
        }
        else
        {
            NowMs++;
        }

        return hits;
    }

    /// <summary>Lets time pass, and the maintenance run.</summary>
    public void PassTime(long ms)
    {
        NowMs += ms;
        while (Engine.Tick(NowMs))
        {
        }
    }

    private void Get(ReadOnlySpan<int> blocks)
    {
        Fill(_part, blocks);
        _ = Engine.Lookup(_part.Spans, RankId.None, 0, NowMs, _objects.AsSpan(0, blocks.Length), _replicas);
        for (int i = 0; i < blocks.Length; i++)
        {
            _releases[i] = new LeaseRelease
            {
                Ref = _objects[i].Ref,
                Generation = _replicas[_objects[i].FirstReplicaIndex].Generation,
            };
        }

        Engine.ReleaseLeases(_releases.AsSpan(0, blocks.Length), NowMs);
    }

    private void Put(ReadOnlySpan<int> blocks)
    {
        Fill(_part, blocks);
        _ = Engine.Reserve(
            _session, _part.Spans, _sizes.AsSpan(0, blocks.Length), default, Medium.Dram, NowMs,
            _objects.AsSpan(0, blocks.Length), _replicas);
        int count = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (_objects[i].Status == MmcStatus.Ok)
            {
                _commits[count++] = new CommitEntry
                {
                    Ref = _objects[i].Ref,
                    Generation = _replicas[_objects[i].FirstReplicaIndex].Generation,
                    Publish = CommitEntry.PublishAll,
                };
            }

            RefusedCount += _objects[i].Status is MmcStatus.Ok or MmcStatus.DuplicatedObject ? 0 : 1;
        }

        Engine.Commit(_session, _commits.AsSpan(0, count), NowMs, _statuses.AsSpan(0, count));
    }

    // Keys as long as the ones that engines use.
    private static void Fill(KeyBatch keys, ReadOnlySpan<int> blocks)
    {
        keys.Clear();
        Span<byte> key = stackalloc byte[64];
        key.Fill((byte)'k');
        foreach (int block in blocks)
        {
            _ = block.TryFormat(key, out _, "x8", CultureInfo.InvariantCulture);
            keys.Add(key);
        }
    }

    private void Grow(int count)
    {
        if (_statuses.Length >= count)
        {
            return;
        }

        count = Math.Max(count, 2 * _statuses.Length);
        _statuses = new MmcStatus[count];
        _objects = new ObjectLocation[count];
        _replicas = new ReplicaLocation[count * Limits.ReplicaCountMax];
        _commits = new CommitEntry[count];
        _releases = new LeaseRelease[count];
        _sizes = new long[count];
        _sizes.AsSpan().Fill(Limits.BlobAlignmentBytes);
    }
}
