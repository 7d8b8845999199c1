namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/capacity/segment_remaining</c>.</summary>
internal sealed record SegmentRemainingReply(
    long Timestamp, bool DataSourceReady, bool Degraded, SegmentRemaining[] Segments);
