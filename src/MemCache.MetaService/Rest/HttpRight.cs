namespace MemCache.MetaService;

/// <summary>What a call asks for, from what anybody may see to what changes the pool.</summary>
internal enum HttpRight
{
    /// <summary>Static files of the page: they hold nothing of the pool, and ask for a token themselves.</summary>
    Page,

    /// <summary>Whether the service is up, and who leads.</summary>
    Health,

    /// <summary>Figures: no keys, no names of objects.</summary>
    Metrics,

    /// <summary>Everything that can be looked at, keys included.</summary>
    Read,

    /// <summary>Changes something; refused in read-only mode.</summary>
    Change,
}
