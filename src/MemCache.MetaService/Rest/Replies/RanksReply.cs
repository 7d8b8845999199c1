namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/ranks</c>.</summary>
/// <param name="Success"><see langword="true"/>.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="Ranks">LocalServices with memory, in the order of their ranks.</param>
/// <param name="Clients">LocalServices without memory.</param>
internal sealed record RanksReply(bool Success, long Timestamp, RankReply[] Ranks, RankReply[] Clients);
