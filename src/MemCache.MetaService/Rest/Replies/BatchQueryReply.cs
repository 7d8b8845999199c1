namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /batch_query_keys</c>: an entry for each key, in their order.</summary>
internal sealed record BatchQueryReply(bool Success, QueryKeyReply[] Data);
