namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /query_segment</c>.</summary>
internal sealed record SegmentReply(
    string Segment, string Medium, long TotalBytes, long UsedBytes, long RemainingBytes, double RemainingRatio);
