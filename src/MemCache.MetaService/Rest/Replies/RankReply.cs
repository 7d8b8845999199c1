namespace MemCache.MetaService;

/// <summary>One LocalService of <see cref="RanksReply"/>.</summary>
/// <param name="Rank">Its number; -1 without memory.</param>
/// <param name="State">ok; silent: it missed heartbeats; restoring, draining, drained: its segments.</param>
/// <param name="Session">Number of its membership.</param>
/// <param name="Host">Which host it runs on, as it names it: ranks with the same text map each other's
/// segments.</param>
/// <param name="ProcessId">On that host.</param>
/// <param name="Version">Of its software.</param>
/// <param name="DataAddress">Where other hosts reach its segments; empty: nowhere.</param>
/// <param name="JoinedMs">Milliseconds since it joined.</param>
/// <param name="HeardMs">Milliseconds since its last heartbeat.</param>
/// <param name="Segments">Its memory.</param>
internal sealed record RankReply(
    int Rank, string State, uint Session, string Host, int ProcessId, string Version, string DataAddress,
        long JoinedMs, long HeardMs,
    RankSegment[] Segments);
