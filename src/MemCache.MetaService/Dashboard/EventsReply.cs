using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/events</c>.</summary>
internal sealed record EventsReply(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("instance")] string Instance,
    [property: JsonPropertyName("last_id")] long LastId,
    [property: JsonPropertyName("events")] ServerEvent[] Events);
