namespace MemCache.Cli;

/// <summary>The policies that can be simulated.</summary>
internal static class ReplayPolicies
{
    /// <summary>What pools use.</summary>
    public const string Reuse = "reuse";

    /// <summary>Least recently used.</summary>
    public const string Lru = "lru";

    /// <summary>All, with what each is.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        [Lru] = "least recently used",
        [Reuse] = "by the chance of being asked for again, learned from the requests",
        ["reuse-refusing"] = "the same, and a full pool refuses blocks that pay less than what it has",
        ["fifo"] = "first in, first out",
        ["s3fifo"] = "S3-FIFO",
        ["offline"] = "knows the future: a bound for the others",
    };

    /// <summary>An empty pool.</summary>
    public static IReplayPolicy Create(string name, ReplayTrace trace, int capacityBlocks) => name switch
    {
        Lru => new LruReplay(trace.BlockCount, capacityBlocks, usesCount: true),
        Reuse => new ReuseReplay(trace.BlockCount, capacityBlocks, refuses: false, estimates: false),
        "reuse-refusing" => new ReuseReplay(trace.BlockCount, capacityBlocks, refuses: true, estimates: false),
        "fifo" => new LruReplay(trace.BlockCount, capacityBlocks, usesCount: false),
        "s3fifo" => new S3FifoReplay(trace.BlockCount, capacityBlocks),
        "offline" => new OfflineReplay(trace, capacityBlocks),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such policy"),
    };
}
