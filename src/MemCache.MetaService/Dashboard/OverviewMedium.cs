using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>All segments of one medium.</summary>
internal sealed record OverviewMedium(
    [property: JsonPropertyName("medium")] string Medium,
    [property: JsonPropertyName("capacity_bytes")] long CapacityBytes,
    [property: JsonPropertyName("used_bytes")] long UsedBytes,
    [property: JsonPropertyName("evicting")] bool IsEvicting);
