using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/overview</c>: the state of the pool in one reply.</summary>
internal sealed record OverviewReply(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("timestamp")] long Timestamp,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("instance")] string Instance,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("leader_address")] string LeaderAddress,
    [property: JsonPropertyName("epoch")] ulong Epoch,
    [property: JsonPropertyName("uptime_ms")] long UptimeMs,
    [property: JsonPropertyName("read_only")] bool ReadOnly,
    [property: JsonPropertyName("objects")] long Objects,
    [property: JsonPropertyName("sessions")] int Sessions,
    [property: JsonPropertyName("connections")] int Connections,
    [property: JsonPropertyName("reservations")] long Reservations,
    [property: JsonPropertyName("orphans")] long Orphans,
    [property: JsonPropertyName("leases")] long Leases,
    [property: JsonPropertyName("last_event")] long LastEvent,
    [property: JsonPropertyName("media")] OverviewMedium[] Media,
    [property: JsonPropertyName("segments")] OverviewSegment[] Segments,
    [property: JsonPropertyName("drain_jobs")] DrainJobReply[] DrainJobs);
