namespace MemCache.Meta;

/// <summary>Pages of all living segments of one medium. Written under the segments' locks, read by anyone.</summary>
internal sealed class MediumUsage
{
    private long _usedPages;
    private long _capacityPages;
    private long _largestSegmentPages;
    private long _softPinnedPages;
    private long _hardPinnedPages;

    /// <summary>Pages that blobs occupy.</summary>
    public long UsedPages => Interlocked.Read(ref _usedPages);

    /// <summary>Pages of the living segments.</summary>
    public long CapacityPages => Interlocked.Read(ref _capacityPages);

    /// <summary>Pages of the largest living segment; 0: there is none.</summary>
    public long LargestSegmentPages => Interlocked.Read(ref _largestSegmentPages);

    /// <summary>Pages of objects and reservations with a soft pin.</summary>
    public long SoftPinnedPages => Interlocked.Read(ref _softPinnedPages);

    /// <summary>Pages of objects and reservations with a hard pin.</summary>
    public long HardPinnedPages => Interlocked.Read(ref _hardPinnedPages);

    /// <summary>Objects with this pin have come or, negative, gone.</summary>
    /// <returns>Pages with this pin now.</returns>
    public long AddPinned(Core.ObjectPin pin, long pages) =>
        Interlocked.Add(ref pin == Core.ObjectPin.Hard ? ref _hardPinnedPages : ref _softPinnedPages, pages);

    /// <summary>Whether eviction is under way. Single writer: the thread in Tick.</summary>
    public bool IsEvicting { get; set; }

    /// <summary>Space was taken or, negative, came back.</summary>
    public void AddUsed(long pages) => Interlocked.Add(ref _usedPages, pages);

    /// <summary>A segment came or, negative, went.</summary>
    public void AddCapacity(long pages) => Interlocked.Add(ref _capacityPages, pages);

    /// <summary>Size of the largest segment, from the engine whenever segments change.</summary>
    public void SetLargestSegment(long pages) => Interlocked.Exchange(ref _largestSegmentPages, pages);

    /// <summary>Whether more than <paramref name="percent"/> of the capacity are used.</summary>
    public bool IsAbove(int percent) => PagesAbove(percent) > 0;

    /// <summary>Pages in use above <paramref name="percent"/> of the capacity; negative: below. 2^40 pages times 100 fit 64 bits.</summary>
    public long PagesAbove(int percent) => UsedPages - CapacityPages * percent / 100;
}
