using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>The result of a replay. The JSON names are a contract: added to, never changed.</summary>
internal sealed record ReplayReport
{
    /// <summary>Hit ratios, policies in the order asked for, capacities ascending.</summary>
    [JsonPropertyName("rows")]
    public required IReadOnlyList<ReplayRow> Rows { get; init; }

    /// <summary>Estimates, if they were asked for.</summary>
    [JsonPropertyName("curves")]
    public required IReadOnlyList<ReplayCurve> Curves { get; init; }

    /// <summary>The trace's file, or the name of the workload.</summary>
    [JsonPropertyName("workload")]
    public required string Workload { get; init; }

    /// <summary>Requests.</summary>
    [JsonPropertyName("requests")]
    public required int Requests { get; init; }

    /// <summary>Blocks asked for.</summary>
    [JsonPropertyName("block_refs")]
    public required long BlockReferences { get; init; }

    /// <summary>Different blocks.</summary>
    [JsonPropertyName("distinct_blocks")]
    public required int DistinctBlocks { get; init; }
}
