using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Parameters that several calls have.</summary>
internal static class HttpParameters
{
    /// <summary>An object's key.</summary>
    public static readonly HttpParameter Key =
        new("key", $"key of the object, 1 .. {Limits.KeyBytesMax} bytes, percent-encoded", IsRequired: true);

    /// <summary>A segment's name.</summary>
    public static readonly HttpParameter Segment = new("segment", "name of a segment, such as rank-0-dram",
        IsRequired: true);

    /// <summary>Length of a page.</summary>
    public static readonly HttpParameter Limit =
        new("limit", $"entries of the page, 1 .. {HttpLimits.PageCountMax}", IsNumber: true);

    /// <summary>Where a page begins.</summary>
    public static readonly HttpParameter After = new("after", "where to go on: what the page before gave as next");

    /// <summary>What keys begin with.</summary>
    public static readonly HttpParameter Prefix =
        new("prefix", $"only keys that begin with these bytes, at most {Limits.KeyBytesMax}");

    /// <summary>A drain job.</summary>
    public static readonly HttpParameter Job = new("job_id", "id of a drain job", IsRequired: true);
}
