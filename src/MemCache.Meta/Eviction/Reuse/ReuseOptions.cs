namespace MemCache.Meta;

/// <summary>What a <see cref="ReusePolicy"/> is made for.</summary>
internal sealed record ReuseOptions
{
    /// <summary>
    /// Objects that fit, about: the unit of the clock and of the ghosts. Changed by <see cref="ReusePolicy.Resize"/>.
    /// </summary>
    public required long CapacityCount { get; init; }

    /// <summary>
    /// Ghosts for each object that fits. 4 cost .003 and 1 costs .018 of the measured trace at 5,000 blocks.
    /// </summary>
    public int GhostRatio { get; init; } = 8;

    /// <summary>Residents that are drawn at a time, 1 .. <see cref="ReuseLimits.SampleCountMax"/>.</summary>
    public int SampleCount { get; init; } = ReuseLimits.SampleCount;

    /// <summary>
    /// Whether a live estimate of the miss ratio at other capacities is kept: <see cref="ReusePolicy.MissRatio"/>.
    /// </summary>
    public bool EstimatesMissRatio { get; init; }
}
