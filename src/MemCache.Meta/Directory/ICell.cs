namespace MemCache.Meta;

/// <summary>A struct that lies at the begin of a slab's cell.</summary>
internal interface ICell
{
    /// <summary>Its size in bytes.</summary>
    static abstract int SizeBytes { get; }
}
