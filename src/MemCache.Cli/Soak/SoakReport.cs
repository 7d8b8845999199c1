using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>
/// The result of a soak. Its JSON names are a contract: they are added to, never changed. Those of the traffic are the
/// demo's.
/// </summary>
internal sealed record SoakReport : TrafficReport
{
    /// <summary>Entries with a status that the documentation does not list for the operation.</summary>
    [JsonPropertyName("errors")]
    public required long Errors { get; init; }

    /// <summary>Ranks that joined.</summary>
    [JsonPropertyName("joins")]
    public required int Joins { get; init; }

    /// <summary>Ranks that left in order.</summary>
    [JsonPropertyName("leaves")]
    public required int Leaves { get; init; }

    /// <summary>Ranks that were killed.</summary>
    [JsonPropertyName("kills")]
    public required int Kills { get; init; }

    /// <summary>Joins in the place of a rank that had left or been killed.</summary>
    [JsonPropertyName("restarts")]
    public required int Restarts { get; init; }

    /// <summary>Ranks that were stopped for longer than the MetaService bears silence.</summary>
    [JsonPropertyName("stops")]
    public required int Stops { get; init; }

    /// <summary>Hosts that were cut off and came back.</summary>
    [JsonPropertyName("cuts")]
    public required int Cuts { get; init; }

    /// <summary>MetaServices that were killed and started again.</summary>
    [JsonPropertyName("meta_restarts")]
    public required int MetaRestarts { get; init; }

    /// <summary>Ranks at the same time at most.</summary>
    [JsonPropertyName("ranks")]
    public required int Ranks { get; init; }

    /// <summary>Hosts.</summary>
    [JsonPropertyName("hosts")]
    public required int Hosts { get; init; }

    /// <summary>Whether the hosts are network namespaces; else addresses of the loopback network.</summary>
    [JsonPropertyName("isolated")]
    public required bool IsIsolated { get; init; }

    /// <summary>Replicas of what was put.</summary>
    [JsonPropertyName("replicas")]
    public required int Replicas { get; init; }

    /// <summary>Whether the connections were encrypted.</summary>
    [JsonPropertyName("tls")]
    public required bool IsEncrypted { get; init; }

    /// <summary>Seed of traffic and churn.</summary>
    [JsonPropertyName("seed")]
    public required ulong Seed { get; init; }

    /// <summary>Longest call of a client that was never stopped, in milliseconds.</summary>
    [JsonPropertyName("longest_call_ms")]
    public required double LongestCallMs { get; init; }

    /// <summary>Entries by operation and status: <c>{"get": {"Ok": 1000, "ObjectNotFound": 20}}</c>.</summary>
    [JsonPropertyName("statuses")]
    public required IReadOnlyDictionary<string, Dictionary<string, long>> Statuses { get; init; }

    /// <summary>What did not hold, in words; empty: everything did.</summary>
    [JsonPropertyName("violations")]
    public required IReadOnlyList<string> Violations { get; init; }

    /// <summary>Whether nothing was wrong.</summary>
    [JsonIgnore]
    public bool IsGood => WrongObjects == 0 && Errors == 0 && Violations.Count == 0;
}
