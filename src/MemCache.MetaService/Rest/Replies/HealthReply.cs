using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /health</c>.</summary>
internal sealed record HealthReply(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("ha_state")] string HaState,
    [property: JsonPropertyName("service_ready")] bool ServiceReady,
    [property: JsonPropertyName("leader_address")] string LeaderAddress,
    [property: JsonPropertyName("view_version")] ulong ViewVersion);
