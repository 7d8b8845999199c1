namespace MemCache.Meta;

/// <summary>
/// Says whether an object can be evicted now: not while a reader holds it, it is pinned, or has to stay for its minimum
/// residence. A struct that is a type argument, so that calls are direct. It may do the eviction itself, and answer
/// whether it did.
/// </summary>
internal interface IEvictionGuard
{
    /// <summary>Whether the object whose key has this hash can leave, or has left.</summary>
    bool CanLeave(ulong hash);
}
