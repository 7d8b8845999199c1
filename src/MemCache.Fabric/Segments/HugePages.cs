namespace MemCache.Fabric;

/// <summary>Whether a segment shall use huge pages.</summary>
public enum HugePages
{
    /// <summary>Where the directory's file system offers them; otherwise the log says why not.</summary>
    Auto = 0,

    /// <summary>Small pages; on hugetlbfs there are no others than huge ones.</summary>
    Off = 1,
}
