using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>A session as it was at a moment, for people who look.</summary>
/// <param name="Session">Its number.</param>
/// <param name="Rank">Its rank, or none without memory.</param>
/// <param name="Host">Which host it runs on, as it names it.</param>
/// <param name="ProcessId">On that host.</param>
/// <param name="Version">Of its software.</param>
/// <param name="DataAddress">Where other hosts reach its segment; empty: nowhere.</param>
/// <param name="JoinedMs">Milliseconds since it joined.</param>
/// <param name="HeardMs">Milliseconds since it was heard.</param>
internal sealed record Member(
    SessionId Session, RankId Rank, string Host, int ProcessId, string Version, string DataAddress, long JoinedMs,
        long HeardMs);
