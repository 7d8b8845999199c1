namespace MemCache.Core;

/// <summary>Every bound of the system, with the reason why it is not smaller and not larger.</summary>
public static class Limits
{
    /// <summary>Shortest key, in bytes of UTF-8. An empty key is always a caller's mistake.</summary>
    public const int KeyBytesMin = 1;

    /// <summary>Longest key, in bytes of UTF-8: engines use model name + 64 hex digits; a length fits one byte (stored minus one).</summary>
    public const int KeyBytesMax = 256;

    /// <summary>Keys in one batch: what existing clients may send. Larger would let one call hold a connection for too long.</summary>
    public const int BatchCountMax = 16_384;

    /// <summary>Buffers of one object: one per layer; DeepSeek-R1 has 122. A count fits one byte.</summary>
    public const int LayerCountMax = 255;

    /// <summary>Replicas of one object.</summary>
    public const int ReplicaCountMax = 8;

    /// <summary>
    /// Blobs begin on this boundary and are rounded up to it: one page, so that a page has exactly one current blob and its stamp says
    /// which. Smaller pages would cost more stamps, larger ones would waste more on small objects.
    /// </summary>
    public const int BlobAlignmentBytes = 4096;

    /// <summary>log2 of <see cref="BlobAlignmentBytes"/>.</summary>
    public const int BlobAlignmentShift = 12;

    /// <summary>Largest segment: 1 TiB, the largest legal dram.size. Its page numbers fit 28 bits.</summary>
    public const long SegmentBytesMax = 1L << 40;

    /// <summary>Smallest segment: sizes are rounded up to 2 MiB, one huge page.</summary>
    public const long SegmentBytesMin = 2L << 20;

    /// <summary>Ranks of one pool: the largest legal world_size.</summary>
    public const int RankCountMax = 1024;

    /// <summary>Segments mounted at one time, dropped ones that are still being swept included. Fits 16 bits with room for "none".</summary>
    public const int SegmentCountMax = 4096;

    /// <summary>
    /// Generations fit 60 bits: a slot's word holds a generation and a state. They begin at the MetaService's epoch
    /// shifted by <see cref="GenerationEpochShift"/>, which reaches this in the year 2109.
    /// </summary>
    public const ulong GenerationMax = (1UL << 60) - 1;

    /// <summary>
    /// Generations for each millisecond of an epoch, as a shift: 262,144 reserves a millisecond are more than any
    /// MetaService makes, so one that starts later begins above all generations of the one before.
    /// </summary>
    public const int GenerationEpochShift = 18;

    /// <summary>
    /// Bytes of one frame's payload: 16,384 keys of 256 bytes with their sizes, and the reply with eight replicas each, fit. A larger
    /// announcement is garbage and ends the connection.
    /// </summary>
    public const int FrameBytesMax = 8 << 20;

    /// <summary>
    /// Blobs one session may hold reserved and not committed: two full batches with eight replicas each. A client that stalls in the
    /// middle of a put keeps its space, so this bounds what one client can hold.
    /// </summary>
    public const int ReservationCountMaxPerSession = 2 * BatchCountMax * ReplicaCountMax;

    /// <summary>Connections one server accepts: 1,024 ranks with some connections each. Further ones are closed at once.</summary>
    public const int ConnectionCountMax = 8192;

    /// <summary>RPC connections one client opens: calls of more threads than this wait for one to become free, with their deadline.</summary>
    public const int ConnectionCountMaxPerClient = 16;

    /// <summary>Lease releases that travel on one request; what does not fit travels on the next one.</summary>
    public const int LeaseReleaseCountMax = BatchCountMax;

    /// <summary>Longest default read lease, in milliseconds.</summary>
    public const int LeaseMsMax = int.MaxValue;

    /// <summary>Longest name of a segment or liveness file, in bytes.</summary>
    public const int FileNameBytesMax = 128;

    /// <summary>
    /// Read leases by key that one client may hold: four full batches. A lease is a promise not to evict, so what one
    /// client can hold must end somewhere; engines lease the blocks of the requests that they run, some thousands.
    /// </summary>
    public const int KeyLeaseCountMaxPerSession = 4 * BatchCountMax;

    /// <summary>
    /// How long an allocation may stay unfinished when its caller does not say, in milliseconds: longer than the
    /// prefill of a long prompt takes, short enough that what a request left behind when it was aborted is not missed.
    /// </summary>
    public const int AllocationLeaseMsDefault = 60_000;

    /// <summary>
    /// Addresses of readable objects that one store remembers, to know exactly what they name: four full batches, some
    /// 6 MB. Older ones still work, by their tag.
    /// </summary>
    public const int KnownAddressCountMax = 4 * BatchCountMax;

    /// <summary>
    /// Finished allocations whose outcome one store remembers, so that finishing one again gives the same answer.
    /// </summary>
    public const int FinishedAllocationCountMax = 4 * BatchCountMax;

    /// <summary>
    /// Blobs of one segment that were removed and whose slots the owner has not been told to clear yet: eight full
    /// batches between two heartbeats, 2 MiB. Beyond that the oldest are forgotten, and such an object may come back
    /// when the MetaService restarts before its space is used again.
    /// </summary>
    public const int RetirementCountMaxPerSegment = 8 * BatchCountMax;
}
