namespace MemCache.LocalService;

/// <summary>What became of an allocation, as far as this process knows.</summary>
internal enum AllocationState
{
    /// <summary>It may be written to.</summary>
    Open,

    /// <summary>A call is publishing or dropping it. No copy into it begins any more.</summary>
    Finishing,

    /// <summary>Its key is readable.</summary>
    Published,

    /// <summary>It was dropped as the caller wanted.</summary>
    Dropped,

    /// <summary>
    /// It was given back without the caller: its lease ended, its connection was lost, its segment died.
    /// </summary>
    Revoked,

    /// <summary>The answer to its commit was lost: it was published, or it is gone.</summary>
    Unknown,
}
