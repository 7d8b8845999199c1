namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/analysis/miss_ratio_curve</c>.</summary>
/// <param name="Success"><see langword="true"/>.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="DataSourceReady">Whether there were enough references for an estimate.</param>
/// <param name="Medium">hbm, dram or ssd.</param>
/// <param name="CapacityBytes">Of the medium, now.</param>
/// <param name="CapacityObjects">Objects that fit there, halfway between the watermarks.</param>
/// <param name="References">References that the estimate rests on.</param>
/// <param name="Points">From the smallest capacity on.</param>
internal sealed record CurveReply(
    bool Success, long Timestamp, bool DataSourceReady, string Medium, long CapacityBytes, long CapacityObjects,
    double References, CurvePoint[] Points);
