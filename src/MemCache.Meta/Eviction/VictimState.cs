namespace MemCache.Meta;

/// <summary>What became of an object that was proposed for eviction.</summary>
internal enum VictimState
{
    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It stays: it may not leave, or would not help.</summary>
    Held,

    /// <summary>It has left.</summary>
    Evicted,
}
