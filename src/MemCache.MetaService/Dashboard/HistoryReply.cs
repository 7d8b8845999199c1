namespace MemCache.MetaService;

/// <summary>
/// Answer of <c>GET /api/v1/history</c>: a column for each figure, so that names are not repeated for each point.
/// </summary>
/// <param name="Success"><see langword="true"/>.</param>
/// <param name="Range">5m, 1h or 24h.</param>
/// <param name="StepMs">Milliseconds between two points.</param>
/// <param name="NowMs">Unix milliseconds here, so that a reader with another clock can tell what is recent.</param>
/// <param name="Columns">Figures by name, oldest first; null where there was nothing to tell.</param>
internal sealed record HistoryReply(
    bool Success, string Range, int StepMs, long NowMs, IReadOnlyDictionary<string, double?[]> Columns)
{
    private static readonly (string Name, Func<HistoryPoint, double> Read)[] Figures =
    [
        ("time_ms", point => point.TimeMs),
        ("capacity_bytes", point => point.CapacityBytes),
        ("used_bytes", point => point.UsedBytes),
        ("objects", point => point.ObjectCount),
        ("sessions", point => point.SessionCount),
        ("requests_per_second", point => point.RequestsPerSecond),
        ("get_keys_per_second", point => point.GetKeysPerSecond),
        ("put_keys_per_second", point => point.PutKeysPerSecond),
        ("exist_keys_per_second", point => point.ExistKeysPerSecond),
        ("lookup_hit_ratio", point => point.LookupHitRatio),
        ("exist_hit_ratio", point => point.ExistHitRatio),
        ("get_p50_us", point => point.GetP50),
        ("get_p99_us", point => point.GetP99),
        ("put_p50_us", point => point.PutP50),
        ("put_p99_us", point => point.PutP99),
        ("exist_p50_us", point => point.ExistP50),
        ("exist_p99_us", point => point.ExistP99),
        ("evicted_watermark_per_second", point => point.EvictedByWatermarkPerSecond),
        ("evicted_reserve_per_second", point => point.EvictedByReservePerSecond),
        ("rejected_per_second", point => point.RejectedPerSecond),
    ];

    /// <summary>The answer of these points.</summary>
    public static HistoryReply Of(string range, int stepMs, long nowMs, HistoryPoint[] points)
    {
        var columns = new Dictionary<string, double?[]>();
        foreach ((string name, Func<HistoryPoint, double> read) in Figures)
        {
            columns.Add(name, Array.ConvertAll(points, point => Shorten(read(point))));
        }

        return new HistoryReply(Success: true, range, stepMs, nowMs, columns);
    }

    // Four digits after the point are finer than a pixel, and a third of the bytes.
    private static double? Shorten(double value) => double.IsNaN(value) ? null : Math.Round(value, 4);
}
