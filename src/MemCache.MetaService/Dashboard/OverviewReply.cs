namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/overview</c>: the state of the pool in one reply.</summary>
internal sealed record OverviewReply(
    bool Success,
    long Timestamp,
    string Version,
    string Instance,
    string Role,
    string LeaderAddress,
    ulong Epoch,
    long UptimeMs,
    bool ReadOnly,
    long Objects,
    int Sessions,
    int Connections,
    long Reservations,
    long Orphans,
    long Leases,
    long LastEvent,
    OverviewMedium[] Media,
    OverviewSegment[] Segments,
    DrainJobReply[] DrainJobs);
