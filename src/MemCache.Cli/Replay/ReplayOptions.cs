namespace MemCache.Cli;

/// <summary>What <c>mmc replay</c> is asked for.</summary>
internal sealed record ReplayOptions
{
    /// <summary>Name for the report.</summary>
    public required string Workload { get; init; }

    /// <summary>Policies, see <see cref="ReplayPolicies"/>.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>Capacities in blocks, ascending.</summary>
    public required IReadOnlyList<int> Capacities { get; init; }

    /// <summary>Whether each capacity also estimates others.</summary>
    public bool EstimatesMissRatio { get; init; }

    /// <summary>Capacities where none are given: parts of all different blocks, from a 64th to all.</summary>
    public static int[] CapacitiesFor(int blockCount) =>
        [.. Enumerable.Range(0, 7).Select(halvings => Math.Max(1, blockCount >> halvings)).Distinct().Order()];
}
