namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /leader</c>.</summary>
internal sealed record LeaderReply(bool Present, string LeaderAddress, ulong ViewVersion);
