using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Body of <c>POST /api/v1/drain_jobs</c>.</summary>
internal sealed record DrainJobRequest(
    [property: JsonPropertyName("segments")] string[]? Segments,
    [property: JsonPropertyName("policy")] string? Policy);
