using System.Globalization;

namespace MemCache.Cli;

/// <summary>What a pool did between two looks at its metrics.</summary>
internal sealed record PoolRates
{
    private const string DurationBuckets = "memcache_request_duration_seconds_bucket";
    private const double MicrosecondsPerSecond = 1e6;

    /// <summary>Seconds between the looks.</summary>
    public required double Seconds { get; init; }

    /// <summary>Objects that can be read now.</summary>
    public required double Objects { get; init; }

    /// <summary>Bytes in use now.</summary>
    public required double UsedBytes { get; init; }

    /// <summary>Bytes there are now.</summary>
    public required double CapacityBytes { get; init; }

    /// <summary>Hits of the keys that were looked up or asked for, 0 .. 1; 0 without any.</summary>
    public required double HitRatio { get; init; }

    /// <summary>Objects evicted, a second.</summary>
    public required double EvictedPerSecond { get; init; }

    /// <summary>Each operation that was called.</summary>
    public required IReadOnlyList<OperationRate> Operations { get; init; }

    /// <summary>What happened between two texts of <c>/metrics</c>.</summary>
    public static PoolRates Between(string earlier, string later, double seconds)
    {
        double Delta(string name) => MetricsText.Sum(later, name) - MetricsText.Sum(earlier, name);
        double hits = Hits(later, "hit") - Hits(earlier, "hit");
        double misses = Hits(later, "miss") - Hits(earlier, "miss");
        return new PoolRates
        {
            Seconds = seconds,
            Objects = MetricsText.Sum(later, "memcache_stored_keys"),
            UsedBytes = MetricsText.Sum(later, "memcache_allocated_bytes"),
            CapacityBytes = MetricsText.Sum(later, "memcache_total_capacity_bytes"),
            HitRatio = hits + misses > 0 ? hits / (hits + misses) : 0,
            EvictedPerSecond = Delta("memcache_evict_operations_total") / seconds,
            Operations = [.. OperationsOf(earlier, later, seconds)],
        };
    }

    private static double Hits(string metrics, string result) =>
        MetricsText.Sum(metrics, "memcache_lookup_keys_total", "result", result)
        + MetricsText.Sum(metrics, "memcache_exist_keys_total", "result", result);

    private static IEnumerable<OperationRate> OperationsOf(string earlier, string later, double seconds)
    {
        foreach (string operation in MetricsText.Values(later, "memcache_requests_total", "operation"))
        {
            double Delta(string name) =>
                MetricsText.Sum(later, name, "operation", operation)
                - MetricsText.Sum(earlier, name, "operation", operation);
            double requests = Delta("memcache_requests_total");
            if (requests > 0)
            {
                (double Bound, double Count)[] buckets = Buckets(earlier, later, operation);
                yield return new OperationRate(
                    operation, requests / seconds, Delta("memcache_request_keys_total") / seconds,
                    Delta("memcache_failures_total") / seconds, Quantile(buckets, 0.5), Quantile(buckets, 0.99));
            }
        }
    }

    // Bounds in microseconds, counts up to each.
    private static (double Bound, double Count)[] Buckets(string earlier, string later, string operation)
    {
        double Count(string metrics, string bound) =>
            MetricsText.Sum(metrics, DurationBuckets, "operation", operation, "le", bound);
        return
        [
            .. MetricsText.Values(later, DurationBuckets, "le")
                .Select(bound => (Microseconds(bound), Count(later, bound) - Count(earlier, bound)))
                .OrderBy(bucket => bucket.Item1),
        ];
    }

    private static double Microseconds(string bound) => bound == "+Inf"
        ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture) * MicrosecondsPerSecond;

    // The bound of the bucket it is in, an upper limit; for what is above all bounds, the last bound.
    private static double Quantile((double Bound, double Count)[] buckets, double share)
    {
        double all = buckets.Length > 0 ? buckets[^1].Count : 0;
        double bound = buckets.FirstOrDefault(bucket => bucket.Count >= all * share && all > 0).Bound;
        return double.IsFinite(bound) ? bound : buckets[^2].Bound;
    }
}
