using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// Where the parts of a segment file lie: header, page stamps, directory, data. Everything follows from the data size,
/// so that nobody has to believe an offset that a file states.
/// </summary>
/// <param name="DataBytes">Bytes of data, a multiple of <see cref="Limits.SegmentBytesMin"/>.</param>
public readonly record struct SegmentLayout(long DataBytes)
{
    /// <summary>
    /// Data starts on a huge page, and so does the directory, so that pre-faulting the stamps leaves the directory
    /// sparse.
    /// </summary>
    public const long HugePageBytes = 2L << 20;

    /// <summary>The header is one page.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>A page's stamp: the generation of the blob that it belongs to.</summary>
    public const int StampBytes = sizeof(ulong);

    /// <summary>Set in a stamp while its blob is written over several calls. Generations never reach it.</summary>
    public const ulong HiddenStampBit = 1UL << 63;

    /// <summary>
    /// One blob, one page stamp, one slot: no blob is smaller than a page, so slots cannot run out before pages do.
    /// </summary>
    public uint SlotCount => (uint)(DataBytes >> Limits.BlobAlignmentShift);

    /// <summary>First stamp.</summary>
    public static long StampOffset => HeaderBytes;

    /// <summary>First slot.</summary>
    public long DirectoryOffset => RoundUp(StampOffset + ((long)SlotCount * StampBytes));

    /// <summary>Bytes of the directory, before rounding.</summary>
    public long DirectoryBytes => (long)SlotCount * DirectorySlot.SizeOf;

    /// <summary>First byte of data.</summary>
    public long DataOffset => RoundUp(DirectoryOffset + DirectoryBytes);

    /// <summary>Length of the file.</summary>
    public long FileBytes => DataOffset + DataBytes;

    /// <summary>Whether the data size is one that a segment can have.</summary>
    public bool IsValid =>
        DataBytes is >= Limits.SegmentBytesMin and <= Limits.SegmentBytesMax && DataBytes % HugePageBytes == 0;

    /// <summary>A wanted size, rounded up to whole huge pages.</summary>
    public static long RoundUp(long sizeBytes) => (sizeBytes + HugePageBytes - 1) & -HugePageBytes;
}
