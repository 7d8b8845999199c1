using System.Diagnostics;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// Durations in fixed buckets. Single writer; others read. One or several histograms in one array, by their index.
/// </summary>
internal sealed class Histogram(int count)
{
    private readonly long[] _buckets = new long[count * LatencyBuckets.Count];
    private readonly long[] _ticks = new long[count];

    /// <summary>Notes a duration in ticks of <see cref="Stopwatch"/>.</summary>
    public void Note(int index, long ticks)
    {
        _ticks[index] += ticks;
        _buckets[(index * LatencyBuckets.Count) + LatencyBuckets.IndexOf(ticks)]++;
    }

    /// <summary>Adds these durations to <paramref name="sum"/>, which has the same shape.</summary>
    public void AddTo(Histogram sum)
    {
        Counters.Add(_ticks, sum._ticks);
        Counters.Add(_buckets, sum._buckets);
    }

    /// <summary>Counts by bucket.</summary>
    public ReadOnlySpan<long> Buckets(int index) => _buckets.AsSpan(index * LatencyBuckets.Count, LatencyBuckets.Count);

    /// <summary>Sum of the durations.</summary>
    public double Seconds(int index) => _ticks[index] / (double)Stopwatch.Frequency;
}
