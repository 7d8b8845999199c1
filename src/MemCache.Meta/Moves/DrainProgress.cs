namespace MemCache.Meta;

/// <summary>How far the draining of a segment has come.</summary>
public readonly record struct DrainProgress
{
    /// <summary>What is done with the segment.</summary>
    public DrainPolicy Policy { get; init; }

    /// <summary>
    /// Blobs in the segment: of objects, of unfinished puts, and of what readers still hold. 0: it is empty.
    /// </summary>
    public long RemainingCount { get; init; }

    /// <summary>Replicas that have left for other segments since the mount.</summary>
    public long MovedCount { get; init; }

    /// <summary>Bytes of those.</summary>
    public long MovedBytes { get; init; }

    /// <summary>Times that another segment had no room for a replica from here, since the mount.</summary>
    public long NoRoomCount { get; init; }

    /// <summary>Whole scans of the table since draining began.</summary>
    public long PassCount { get; init; }

    /// <summary>Objects with a replica here that have a place to go to, in the last whole scan.</summary>
    public long MovableCount { get; init; }

    /// <summary>
    /// Objects with a replica here for which no rank is left that could take it, in the last whole scan.
    /// </summary>
    public long StuckCount { get; init; }
}
