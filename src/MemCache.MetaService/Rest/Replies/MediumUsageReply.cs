namespace MemCache.MetaService;

/// <summary>One medium of <see cref="CapacityUsageReply"/>.</summary>
internal sealed record MediumUsageReply(long TotalBytes, long UsedBytes, long FreeBytes, double UsageRatio);
