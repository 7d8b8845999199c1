namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/analysis/alloc_free_latency</c>.</summary>
internal sealed record TraceRowsReply(bool Success, long Timestamp, bool DataSourceReady, TraceRowReply[] Rows);
