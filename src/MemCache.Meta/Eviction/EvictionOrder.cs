namespace MemCache.Meta;

/// <summary>Which object leaves first when space is wanted.</summary>
public enum EvictionOrder
{
    /// <summary>
    /// The one whose place pays least: by how likely objects of its kind and age are to be asked for again, learned
    /// from the requests.
    /// </summary>
    Reuse,

    /// <summary>The least recently used one.</summary>
    Lru,
}
