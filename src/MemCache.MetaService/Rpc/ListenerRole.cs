namespace MemCache.MetaService;

/// <summary>What a listening socket serves.</summary>
[Flags]
internal enum ListenerRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Requests about objects.</summary>
    Data = 1,

    /// <summary>Joining, heartbeats, the registry; and requests about objects, which do no harm there.</summary>
    Membership = 2,
}
