namespace MemCache.MetaService;

/// <summary>One living segment.</summary>
/// <param name="Segment">Its name, as in <c>rank-0-dram</c>.</param>
/// <param name="Rank">Whose memory it is.</param>
/// <param name="Medium">What it is made of.</param>
/// <param name="Host">The same for segments that map each other's files; a digest.</param>
/// <param name="Address">Where other hosts reach it; empty if it is not served.</param>
/// <param name="State">ok, restoring, draining or drained.</param>
/// <param name="CapacityBytes">Bytes it holds at most.</param>
/// <param name="UsedBytes">Bytes of blobs in it.</param>
/// <param name="LargestFreeBytes">Longest free run.</param>
/// <param name="FreeRuns">Number of free runs.</param>
/// <param name="Blobs">Blobs in it.</param>
internal sealed record OverviewSegment(
    string Segment,
    int Rank,
    string Medium,
    string Host,
    string Address,
    string State,
    long CapacityBytes,
    long UsedBytes,
    long LargestFreeBytes,
    int FreeRuns,
    long Blobs);
