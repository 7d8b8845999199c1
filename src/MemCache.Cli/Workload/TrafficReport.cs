using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>
/// What a run of verified traffic reports, whatever else it did. Its JSON names are a contract: they are added to,
/// never changed.
/// </summary>
internal abstract record TrafficReport
{
    /// <summary>Version of the programs.</summary>
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary><c>trace</c>, <c>chat</c> (the built-in traffic) or <c>soak</c>.</summary>
    [JsonPropertyName("mode")]
    public required string Mode { get; init; }

    /// <summary>Client processes.</summary>
    [JsonPropertyName("clients")]
    public required int Clients { get; init; }

    /// <summary>Memory of all ranks together.</summary>
    [JsonPropertyName("pool_bytes")]
    public required long PoolBytes { get; init; }

    /// <summary>Size of a block.</summary>
    [JsonPropertyName("block_bytes")]
    public required long BlockBytes { get; init; }

    /// <summary>Blocks of one get or put at most.</summary>
    [JsonPropertyName("batch_blocks")]
    public required int BatchBlocks { get; init; }

    /// <summary>Requests served.</summary>
    [JsonPropertyName("requests")]
    public required long Requests { get; init; }

    /// <summary>Blocks of all requests.</summary>
    [JsonPropertyName("block_refs")]
    public required long BlockReferences { get; init; }

    /// <summary>Blocks that were got, each within the leading run of hits of its request.</summary>
    [JsonPropertyName("block_hits")]
    public required long BlockHits { get; init; }

    /// <summary>Hits over references.</summary>
    [JsonPropertyName("hit_ratio")]
    public required double HitRatio { get; init; }

    /// <summary>Objects whose every byte was checked and right.</summary>
    [JsonPropertyName("verified_objects")]
    public required long VerifiedObjects { get; init; }

    /// <summary>Objects with a wrong byte.</summary>
    [JsonPropertyName("wrong_objects")]
    public required long WrongObjects { get; init; }

    /// <summary>Bytes put per second of time inside put calls, 10^9 bytes: the speed that one client sees.</summary>
    [JsonPropertyName("put_gb_per_s")]
    public required double PutGigabytesPerSecond { get; init; }

    /// <summary>Bytes got per second of time inside get calls, 10^9 bytes: the speed that one client sees.</summary>
    [JsonPropertyName("get_gb_per_s")]
    public required double GetGigabytesPerSecond { get; init; }

    /// <summary>Duration of the replay, without start and end of the processes.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>Calls of batch-put.</summary>
    [JsonPropertyName("put")]
    public required DemoLatency Put { get; init; }

    /// <summary>Calls of batch-get.</summary>
    [JsonPropertyName("get")]
    public required DemoLatency Get { get; init; }

    /// <summary>Calls of batch-exist.</summary>
    [JsonPropertyName("exist")]
    public required DemoLatency Exist { get; init; }

    /// <summary>10^9 bytes per second of time inside the calls.</summary>
    public static double GigabytesPerSecond(long bytes, TimeSpan time) =>
        time == TimeSpan.Zero ? 0 : Math.Round(bytes / time.TotalSeconds / 1e9, 3);
}
