using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>The hit ratio that another capacity would give, by estimate.</summary>
/// <param name="Factor">That capacity over the present one.</param>
/// <param name="CapacityBlocks">That capacity.</param>
/// <param name="HitRatio">The estimate.</param>
internal sealed record ReplayCurvePoint(
    [property: JsonPropertyName("factor")] double Factor,
    [property: JsonPropertyName("capacity_blocks")] double CapacityBlocks,
    [property: JsonPropertyName("hit_ratio")] double HitRatio);
