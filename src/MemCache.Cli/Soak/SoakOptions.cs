namespace MemCache.Cli;

/// <summary>What <c>mmc soak</c> is asked for.</summary>
internal sealed record SoakOptions
{
    /// <summary>Duration of traffic and churn.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ranks that join and leave, at most at the same time.</summary>
    public int RankCount { get; init; } = 20;

    /// <summary>Replicas of what is put.</summary>
    public int ReplicaCount { get; init; } = 1;

    /// <summary>Hosts; 1: all processes map each other's memory.</summary>
    public int HostCount { get; init; } = 2;

    /// <summary>Clients without memory that stay all the time.</summary>
    public int ClientCount { get; init; } = 4;

    /// <summary>Whether everything between the processes is encrypted.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Whether hosts are cut off for some seconds now and then.</summary>
    public bool CutsHosts { get; init; }

    /// <summary>Whether the MetaService is killed and started again now and then.</summary>
    public bool RestartsMeta { get; init; }

    /// <summary>Seed of traffic and churn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Memory of a rank: small, so that eviction and full segments belong to it.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Size of a block.</summary>
    public long BlockBytes { get; init; } = BlockShape.FullSizeBytes / 64;

    /// <summary>Blocks of one get or put.</summary>
    public int BatchCount { get; init; } = 16;

    /// <summary>Where shared-memory files are made.</summary>
    public string SharedMemoryDirectory { get; init; } = SharedMemory.DefaultDirectory;

    /// <summary>Time after which the MetaService takes a silent client for lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time within which every call has to return.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
