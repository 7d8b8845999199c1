using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Carves runs of pages out of one segment. Keeps free runs only: a blob in use costs it nothing, so the caller remembers where and how long.
/// Not thread-safe: the segment's lock guards it.
/// </summary>
internal interface IBlobAllocator
{
    /// <summary>Pages that are free.</summary>
    long FreePageCount { get; }

    /// <summary>Free runs; with <see cref="FreePageCount"/> it tells how fragmented the segment is.</summary>
    int FreeExtentCount { get; }

    /// <summary>Reserves <paramref name="pageCount"/> contiguous pages.</summary>
    /// <param name="pageCount">1 or more.</param>
    /// <param name="page">First page on <see cref="MmcStatus.Ok"/>; otherwise 0.</param>
    /// <returns><see cref="MmcStatus.Ok"/>; <see cref="MmcStatus.SegmentFull"/>: no free run is long enough, nothing changed.</returns>
    MmcStatus Reserve(uint pageCount, out uint page);

    /// <summary>Frees pages that <see cref="Reserve"/> gave, whole or a part of them, and joins them with their free neighbours.</summary>
    void Release(uint page, uint pageCount);

    /// <summary>Length of the longest free run, or a lower bound of it.</summary>
    uint LargestFreePageCount { get; }

    /// <summary>Calls <paramref name="visit"/> with every free run, in any order: for tests.</summary>
    void VisitFree(Action<uint, uint> visit);
}
