using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Live estimate of the hit ratio that one medium would give with less or more memory, for the requests of late.
/// </summary>
public sealed record MissRatioCurve
{
    /// <summary>The medium.</summary>
    public required Medium Medium { get; init; }

    /// <summary>Objects that fit at present, halfway between the watermarks, at their mean size.</summary>
    public required long CapacityCount { get; init; }

    /// <summary>Bytes of the medium's segments at present.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>References to objects that the estimate rests on; older ones count less.</summary>
    public required double ReferenceCount { get; init; }

    /// <summary>The estimates, in ascending order of capacity: 0.25, 0.5, 0.75, 1, 1.5, 2, 4 and 8 times.</summary>
    public required IReadOnlyList<MissRatioPoint> Points { get; init; }
}
