using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>What a pool of one capacity estimates, while it serves the requests, of others.</summary>
/// <param name="CapacityBlocks">Blocks that fit into the pool that estimates.</param>
/// <param name="Points">The estimates, in order of capacity.</param>
internal sealed record ReplayCurve(
    [property: JsonPropertyName("capacity_blocks")] int CapacityBlocks,
    [property: JsonPropertyName("points")] IReadOnlyList<ReplayCurvePoint> Points);
