namespace MemCache.MetaService;

/// <summary>One segment of <see cref="SegmentRemainingReply"/>.</summary>
internal sealed record SegmentRemaining(
    string SegmentName, string Medium, long TotalBytes, long UsedBytes, long RemainingBytes, double RemainingRatio);
