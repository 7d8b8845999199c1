namespace MemCache.Cli;

/// <summary>Which requests <see cref="SyntheticWorkload"/> makes.</summary>
internal sealed record SyntheticOptions
{
    /// <summary>One of <see cref="SyntheticWorkload.Names"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Seed: the same seed makes the same requests.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Requests to make; 0: what suits the workload.</summary>
    public int RequestCount { get; init; }

    /// <summary>Capacity that the loop is 1.5 times as long as.</summary>
    public int CapacityBlocks { get; init; } = 10_000;

    /// <summary>
    /// Requests that "shuffled" and "scan" are made from; <see langword="null"/>: the simulated chat.
    /// </summary>
    public IReadOnlyList<TraceRequest>? Base { get; init; }
}
