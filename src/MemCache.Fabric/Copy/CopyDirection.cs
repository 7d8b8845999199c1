namespace MemCache.Fabric;

/// <summary>
/// What a batch copy is for: the two are measured apart, because their caches are in different states.
/// </summary>
public enum CopyDirection
{
    /// <summary>From private buffers into segments.</summary>
    Put = 0,

    /// <summary>From segments into private buffers.</summary>
    Get = 1,
}
