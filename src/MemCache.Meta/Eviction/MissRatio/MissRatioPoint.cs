namespace MemCache.Meta;

/// <summary>What a pool of another size would have had of what was asked for.</summary>
public sealed record MissRatioPoint
{
    /// <summary>The size, as a multiple of the present one.</summary>
    public required double CapacityFactor { get; init; }

    /// <summary>Objects that fit there.</summary>
    public required long CapacityCount { get; init; }

    /// <summary>Bytes of its memory, the part that the watermarks keep free included.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>
    /// Estimated share of the objects asked for that would have been there, 0 .. 1; those behind a missing one of the
    /// same request do not count.
    /// </summary>
    public required double HitRatio { get; init; }
}
