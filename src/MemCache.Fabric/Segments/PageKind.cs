namespace MemCache.Fabric;

/// <summary>The pages that a segment's data was given.</summary>
public enum PageKind
{
    /// <summary>The processor's base page size.</summary>
    Small = 0,

    /// <summary>Transparent huge pages, advised: the kernel uses them where it finds free ones.</summary>
    HugeAdvised = 1,

    /// <summary>hugetlbfs: huge pages only.</summary>
    Hugetlb = 2,

    /// <summary>Huge pages that were made at creation, though the mount does not offer them for page faults.</summary>
    HugeCollapsed = 3,
}
