using System.Diagnostics;
using System.Numerics;

namespace MemCache.Core;

/// <summary>
/// Buckets of every latency histogram: below 1, 2, 4 … microseconds, the last one without a bound. Fixed, so that
/// counts of several processes and versions can be added.
/// </summary>
public static class LatencyBuckets
{
    /// <summary>Number of buckets: the highest bound is 8.4 s, above it stands only what waits for a timeout.</summary>
    public const int Count = 25;

    private static readonly double MicrosecondsPerTick = 1e6 / Stopwatch.Frequency;

    /// <summary>The bucket of a duration in ticks of <see cref="Stopwatch"/>.</summary>
    public static int IndexOf(long ticks)
    {
        uint microseconds = (uint)Math.Clamp(ticks * MicrosecondsPerTick, 0, int.MaxValue);
        return microseconds == 0 ? 0 : Math.Min(BitOperations.Log2(microseconds) + 1, Count - 1);
    }

    /// <summary>Seconds below which a bucket's durations lie; infinite for the last one.</summary>
    public static double BoundSeconds(int index) => index < Count - 1 ? (1L << index) / 1e6 : double.PositiveInfinity;
}
