namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/capacity/usage</c>. HBM is npu, DRAM is cpu.</summary>
internal sealed record CapacityUsageReply(
    long Timestamp, bool DataSourceReady, bool Degraded, MediumUsageReply Npu, MediumUsageReply Cpu);
