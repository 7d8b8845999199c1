namespace MemCache.MetaService;

/// <summary>
/// What happened in one interval: levels at its end, rates over it. A ratio or a latency of nothing is NaN.
/// </summary>
internal readonly record struct HistoryPoint
{
    /// <summary>End of the interval, Unix milliseconds.</summary>
    public long TimeMs { get; init; }

    /// <summary>Bytes of all living segments.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Bytes of blobs in them.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Readable objects.</summary>
    public long ObjectCount { get; init; }

    /// <summary>Clients that have joined.</summary>
    public int SessionCount { get; init; }

    /// <summary>Requests of all kinds a second.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Keys looked up to be read, a second.</summary>
    public double GetKeysPerSecond { get; init; }

    /// <summary>Keys committed a second.</summary>
    public double PutKeysPerSecond { get; init; }

    /// <summary>Keys asked for existence a second.</summary>
    public double ExistKeysPerSecond { get; init; }

    /// <summary>Share of the keys looked up that were there.</summary>
    public double LookupHitRatio { get; init; }

    /// <summary>Share of the keys asked for existence that were there.</summary>
    public double ExistHitRatio { get; init; }

    /// <summary>Microseconds of half of the lookups, at most.</summary>
    public double GetP50 { get; init; }

    /// <summary>Microseconds of 99 of 100 lookups, at most.</summary>
    public double GetP99 { get; init; }

    /// <summary>The same of reserves and commits.</summary>
    public double PutP50 { get; init; }

    /// <summary>The same of reserves and commits.</summary>
    public double PutP99 { get; init; }

    /// <summary>The same of questions for existence.</summary>
    public double ExistP50 { get; init; }

    /// <summary>The same of questions for existence.</summary>
    public double ExistP99 { get; init; }

    /// <summary>Objects evicted between the watermarks, a second.</summary>
    public double EvictedByWatermarkPerSecond { get; init; }

    /// <summary>Objects evicted for a reserve that found no space, a second.</summary>
    public double EvictedByReservePerSecond { get; init; }

    /// <summary>Reserves that found no space, a second.</summary>
    public double RejectedPerSecond { get; init; }
}
