using System.Diagnostics;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>The reuse-aware policy, told by hashes as the engine would tell it.</summary>
internal sealed class ReuseRun(int capacity, bool estimates) : IEvictionRun
{
    private ulong[] _hashes = new ulong[256];
    private long _referTicks;
    private long _placeTicks;
    private long _evictTicks;
    private long _evictCount;
    private long _placeCount;
    private long _referCount;

    public ReusePolicy Policy { get; } =
        new(new ReuseOptions { CapacityCount = capacity, EstimatesMissRatio = estimates }, new SplitMix64(1));

    /// <summary>Blocks that are there before the first that is not: what a request can use.</summary>
    public int CountLeading(ReadOnlySpan<int> blocks)
    {
        int count = 0;
        while (count < blocks.Length && Policy.TryRead(HashOf(blocks[count]), out ReuseEntry entry)
            && entry.State == ReuseState.Resident)
        {
            count++;
        }

        return count;
    }

    public int Serve(ReadOnlySpan<int> blocks)
    {
        if (_hashes.Length < blocks.Length)
        {
            _hashes = new ulong[2 * blocks.Length];
        }

        Span<ulong> hashes = _hashes.AsSpan(0, blocks.Length);
        for (int i = 0; i < blocks.Length; i++)
        {
            hashes[i] = HashOf(blocks[i]);
        }

        long before = Policy.ResidentCount;
        long begin = Stopwatch.GetTimestamp();
        Policy.Refer(hashes);
        long referred = Stopwatch.GetTimestamp();
        Policy.Place(hashes);
        long placed = Stopwatch.GetTimestamp();
        int put = (int)(Policy.ResidentCount - before);
        EveryObject everything = default;
        while (Policy.ResidentCount > capacity && Policy.TryEvict(ref everything, out _))
        {
            _evictCount++;
        }

        _evictTicks += Stopwatch.GetTimestamp() - placed;
        _referTicks += referred - begin;
        _placeTicks += placed - referred;
        _placeCount += put;
        _referCount += blocks.Length;
        return blocks.Length - put;
    }

    /// <summary>Nanoseconds of the steps so far.</summary>
    public string Steps =>
        $"refer {Nanoseconds(_referTicks, _referCount):F0} ns a block, place {Nanoseconds(_placeTicks, _placeCount):F0} ns a put, "
        + $"evict {Nanoseconds(_evictTicks, _evictCount):F0} ns an eviction";

    private static ulong HashOf(int block) => SplitMix64.Mix((ulong)block + 1);

    private static double Nanoseconds(long ticks, long count) => ticks * 1e9 / Stopwatch.Frequency / Math.Max(1, count);
}
