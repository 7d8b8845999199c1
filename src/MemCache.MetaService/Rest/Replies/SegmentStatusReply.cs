using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/segments/status</c>.</summary>
internal sealed record SegmentStatusReply(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("segment")] string Segment,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("status_name")] string StatusName);
