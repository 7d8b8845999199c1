namespace MemCache.Meta;

/// <summary>Which objects a walk lists.</summary>
public enum ListFilter
{
    /// <summary>Readable ones.</summary>
    Readable,

    /// <summary>Those that a reader or a lease by key holds, removed ones included.</summary>
    Held,
}
