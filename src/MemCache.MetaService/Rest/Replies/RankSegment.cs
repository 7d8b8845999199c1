namespace MemCache.MetaService;

/// <summary>One segment of <see cref="RankReply"/>.</summary>
/// <param name="SegmentName">Such as rank-0-dram.</param>
/// <param name="Medium">hbm, dram or ssd.</param>
/// <param name="State">ok, restoring, draining or drained.</param>
/// <param name="TotalBytes">Bytes it holds at most.</param>
/// <param name="UsedBytes">Bytes of blobs in it.</param>
/// <param name="RemainingBytes">The rest.</param>
/// <param name="RemainingRatio">Of all.</param>
/// <param name="LargestFreeBytes">Longest free run.</param>
/// <param name="Fragmentation">1 less the longest free run of the free bytes: 0 is one free run.</param>
/// <param name="FreeExtents">Free runs.</param>
/// <param name="Blobs">Slots of its directory in use.</param>
/// <param name="Orphans">Blobs that lost writers have left, which its owner is to judge.</param>
internal sealed record RankSegment(
    string SegmentName, string Medium, string State, long TotalBytes, long UsedBytes, long RemainingBytes,
        double RemainingRatio,
    long LargestFreeBytes, double Fragmentation, int FreeExtents, uint Blobs, int Orphans);
