namespace MemCache.DistributedCache;

/// <summary>What a <see cref="CacheCall"/> does.</summary>
internal enum CacheOperation
{
    /// <summary>Reads the value.</summary>
    Get,

    /// <summary>Counts as a use, and reads nothing.</summary>
    Refresh,

    /// <summary>Puts a value in the place of the one that is there.</summary>
    Set,

    /// <summary>Removes the value.</summary>
    Remove,
}
