namespace MemCache.Meta;

/// <summary>Why an object is evicted.</summary>
internal enum EvictionCause
{
    /// <summary>The medium is above its watermark.</summary>
    Watermark,

    /// <summary>A reserve found no space.</summary>
    Reserve,

    /// <summary>Its tenant needs room for another object.</summary>
    Quota,
}
