namespace MemCache.MetaService;

/// <summary>Answer of <c>DELETE /api/v1/keys</c>.</summary>
internal sealed record RemovedReply(bool Success, string Key);
