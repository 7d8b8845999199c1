using System.Globalization;

namespace MemCache.Core;

/// <summary>
/// A byte of the pool: tag (11 bits, never 0), segment (12), offset in the segment's data (40), from the top; positive
/// as a signed number. Adding a distance within the object gives the address of a byte inside it. The tag comes from
/// the segment's name and the blob's generation: an address whose blob is gone is found out, in the process that asked
/// for it exactly, in others by the tag.
/// </summary>
/// <param name="Value">As it travels; 0: no address.</param>
public readonly record struct GlobalAddress(ulong Value)
{
    private const int OffsetBits = 40;
    private const int SegmentBits = 12;
    private const int TagShift = OffsetBits + SegmentBits;
    private const ulong OffsetMask = (1UL << OffsetBits) - 1;

    // 11 bits without 0. A prime would do no better: generations follow each other, so as many of them in a row have
    // different tags.
    private const ulong TagCount = 2047;

    /// <summary>The address of a blob's first byte; the invalid one if no segment can have such a blob.</summary>
    /// <param name="segment">Name of the segment's file.</param>
    /// <param name="blob">Where it is.</param>
    public GlobalAddress(SegmentUuid segment, in BlobLocation blob)
        : this(ValueOf(segment, blob))
    {
    }

    /// <summary>Whether it can name a byte: positive as a signed number, and not 0.</summary>
    public bool IsValid => Value >> 63 == 0 && Tag != 0;

    /// <summary>The segment that it names, which may not exist.</summary>
    public SegmentId Segment => new((ushort)((Value >> OffsetBits) & ((1 << SegmentBits) - 1)));

    /// <summary>Offset in the segment's data, which may lie behind its end.</summary>
    public long Offset => (long)(Value & OffsetMask);

    private ulong Tag => (Value >> TagShift) & ((1UL << (63 - TagShift)) - 1);

    /// <summary>
    /// The address <paramref name="offset"/> bytes further on; the invalid one if that leaves the segment.
    /// </summary>
    public GlobalAddress Add(long offset)
    {
        bool isInside = offset >= -Offset && offset <= (long)OffsetMask - Offset;
        return isInside && IsValid ? new GlobalAddress(Value + (ulong)offset) : default;
    }

    /// <summary>Whether it can name a byte of a blob with this generation in this segment.</summary>
    public bool HasTagOf(SegmentUuid segment, ulong generation) => Tag == TagOf(segment, generation);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    private static ulong ValueOf(SegmentUuid segment, in BlobLocation blob)
    {
        bool isPossible = blob.Segment.Value < Limits.SegmentCountMax && (ulong)blob.Offset <= OffsetMask;
        ulong place = ((ulong)blob.Segment.Value << OffsetBits) | (ulong)blob.Offset;
        return isPossible ? (TagOf(segment, blob.Generation) << TagShift) | place : 0;
    }

    // The name goes in so that a segment that comes later under the same number, of another MetaService even, does not
    // begin with the same tags.
    private static ulong TagOf(SegmentUuid segment, ulong generation) =>
        1 + ((generation + ((ulong)segment.Value >> 4)) % TagCount);
}
