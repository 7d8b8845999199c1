using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>What one policy hit with one capacity.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="CapacityBlocks">Blocks that fit.</param>
/// <param name="HitRatio">Blocks found there, those behind a missing one not counted, over blocks asked for.</param>
internal sealed record ReplayRow(
    [property: JsonPropertyName("policy")] string Policy,
    [property: JsonPropertyName("capacity_blocks")] int CapacityBlocks,
    [property: JsonPropertyName("hit_ratio")] double HitRatio);
