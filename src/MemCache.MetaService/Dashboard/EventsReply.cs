namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/events</c>.</summary>
internal sealed record EventsReply(
    bool Success,
    string Instance,
    long LastId,
    ServerEvent[] Events);
