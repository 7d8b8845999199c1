namespace MemCache.Core;

/// <summary>
/// One mount of one segment, 0 .. <see cref="Limits.SegmentCountMax"/> - 1. A rank that joins again mounts a new segment with a
/// new id; an id is given again only after no object refers to it any more.
/// </summary>
public readonly record struct SegmentId(ushort Value)
{
    /// <summary>No segment.</summary>
    public static readonly SegmentId None = new(ushort.MaxValue);

    /// <inheritdoc/>
    public override string ToString() => this == None ? "none" : $"segment-{Value}";
}
