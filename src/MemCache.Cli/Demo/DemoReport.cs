using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>The result of a demo. Its JSON names are a contract: they are added to, never changed.</summary>
internal sealed record DemoReport
{
    /// <summary>Version of the programs.</summary>
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary><c>trace</c> or <c>chat</c> (the built-in traffic).</summary>
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

    /// <summary>Blocks that fit into the pool up to the low watermark.</summary>
    [JsonPropertyName("capacity_blocks")]
    public required long CapacityBlocks { get; init; }

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

    /// <summary>What an exact LRU cache of <see cref="CapacityBlocks"/> blocks hits with the same requests.</summary>
    [JsonPropertyName("lru_hit_ratio")]
    public required double LruHitRatio { get; init; }

    /// <summary>Objects whose every byte was checked and right.</summary>
    [JsonPropertyName("verified_objects")]
    public required long VerifiedObjects { get; init; }

    /// <summary>Objects with a wrong byte.</summary>
    [JsonPropertyName("wrong_objects")]
    public required long WrongObjects { get; init; }

    /// <summary>Blocks with a status that neither success nor a miss explains.</summary>
    [JsonPropertyName("errors")]
    public required long Errors { get; init; }

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

    /// <summary>Whether nothing was wrong.</summary>
    [JsonIgnore]
    public bool IsGood => WrongObjects == 0 && Errors == 0;
}
