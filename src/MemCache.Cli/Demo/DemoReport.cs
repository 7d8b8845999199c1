using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>The result of a demo. Its JSON names are a contract: they are added to, never changed.</summary>
internal sealed record DemoReport : TrafficReport
{
    /// <summary>Blocks that fit into the pool up to the low watermark.</summary>
    [JsonPropertyName("capacity_blocks")]
    public required long CapacityBlocks { get; init; }

    /// <summary>What an exact LRU cache of <see cref="CapacityBlocks"/> blocks hits with the same requests.</summary>
    [JsonPropertyName("lru_hit_ratio")]
    public required double LruHitRatio { get; init; }

    /// <summary>What the pool evicted first: reuse or lru.</summary>
    [JsonPropertyName("policy")]
    public required string Policy { get; init; }

    /// <summary>Blocks that fit halfway between the watermarks: what the pool held on average.</summary>
    [JsonPropertyName("simulated_blocks")]
    public required long SimulatedBlocks { get; init; }

    /// <summary>
    /// What <c>mmc replay</c> says that <see cref="Policy"/> hits of the same requests with <see
    /// cref="SimulatedBlocks"/>.
    /// </summary>
    [JsonPropertyName("simulated_hit_ratio")]
    public required double SimulatedHitRatio { get; init; }

    /// <summary>Blocks with a status that neither success nor a miss explains.</summary>
    [JsonPropertyName("errors")]
    public required long Errors { get; init; }

    /// <summary>Whether nothing was wrong.</summary>
    [JsonIgnore]
    public bool IsGood => WrongObjects == 0 && Errors == 0;
}
