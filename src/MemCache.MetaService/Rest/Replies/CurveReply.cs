namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/analysis/miss_ratio_curve</c>.</summary>
/// <param name="Success"><see langword="true"/>.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="DataSourceReady">Whether it rests on at least one reference for each object that fits.</param>
/// <param name="Medium">hbm, dram or ssd.</param>
/// <param name="CapacityBytes">Of the medium's segments, now.</param>
/// <param name="CapacityObjects">Objects that fit between the watermarks, at their mean size.</param>
/// <param name="References">References that the estimate rests on; older ones count less.</param>
/// <param name="Points">From the smallest capacity on.</param>
internal sealed record CurveReply(
    bool Success, long Timestamp, bool DataSourceReady, string Medium, long CapacityBytes, long CapacityObjects,
    long References, CurvePoint[] Points);
