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
}
