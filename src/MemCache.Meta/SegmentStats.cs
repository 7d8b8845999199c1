using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Figures of one segment.</summary>
public readonly record struct SegmentStats
{
    /// <summary>The mount.</summary>
    public SegmentId Segment { get; init; }

    /// <summary>Whose memory it is.</summary>
    public RankId Rank { get; init; }

    /// <summary>What it is made of.</summary>
    public Medium Medium { get; init; }

    /// <summary>False: it was dropped and waits for its sweep.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Whether it is being emptied, or was: nothing is placed in it.</summary>
    public bool IsDraining { get; init; }

    /// <summary>
    /// Whether its owner is bringing its content back: nothing new is placed into it until that has ended.
    /// </summary>
    public bool IsRestoring { get; init; }

    /// <summary>Bytes it holds at most.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Bytes of blobs in it, rounded up to pages, reservations and orphans included.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Longest free run, rounded down a little.</summary>
    public long LargestFreeBytes { get; init; }

    /// <summary>Free runs.</summary>
    public int FreeExtentCount { get; init; }

    /// <summary>Directory slots ever given; the slots in use are all below.</summary>
    public uint SlotHighWaterCount { get; init; }

    /// <summary>Directory slots in use.</summary>
    public uint SlotUsedCount { get; init; }

    /// <summary>Blobs of lost sessions that the owner has not resolved.</summary>
    public int OrphanCount { get; init; }
}
