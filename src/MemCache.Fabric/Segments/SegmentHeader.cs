using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// First bytes of a segment file, little-endian. Written once by the owner, except <see cref="SlotsInUse"/> and the two
/// marks behind it.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct SegmentHeader
{
    /// <summary>Bytes that carry meaning; the rest of the page is 0.</summary>
    public const int SizeOf = 208;

    /// <summary>Offset of <see cref="SlotsInUse"/>.</summary>
    public const int SlotsInUseOffset = 128;

    /// <summary>Offset of <see cref="GenerationFloor"/>.</summary>
    public const int GenerationFloorOffset = 192;

    /// <summary>Offset of <see cref="RetiredBelow"/>.</summary>
    public const int RetiredBelowOffset = 200;

    /// <summary>"MMCSEGMT" as it lies in the file.</summary>
    public const ulong MagicValue = 0x544D474553434D4D;

    /// <summary>Layout described here and in <see cref="SegmentLayout"/> and <see cref="DirectorySlot"/>.</summary>
    public const uint VersionValue = 2;

    private const int CheckedBytes = 72;

    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint Version;
    [FieldOffset(12)] public uint PageBytes;
    [FieldOffset(16)] public UInt128 Uuid;
    [FieldOffset(32)] public long DataBytes;
    [FieldOffset(40)] public long StampOffset;
    [FieldOffset(48)] public long DirectoryOffset;
    [FieldOffset(56)] public long DataOffset;
    [FieldOffset(64)] public uint SlotCount;
    [FieldOffset(68)] public uint SlotBytes;

    /// <summary>CRC-32C of the bytes before it.</summary>
    [FieldOffset(72)] public uint Checksum;

    /// <summary>
    /// Slots that have been written at some time lie below this: what an inspection has to scan. Any writer raises it,
    /// nobody trusts it with memory safety. On a cache line of its own.
    /// </summary>
    [FieldOffset(SlotsInUseOffset)] public ulong SlotsInUse;

    /// <summary>
    /// Reservations with a lower generation may not begin any more. Single writer: the owner, when it joins; read by
    /// every writer, so on another cache line than what writers raise.
    /// </summary>
    [FieldOffset(GenerationFloorOffset)] public ulong GenerationFloor;

    /// <summary>Blobs with a generation up to this one were all removed. Single writer: the owner.</summary>
    [FieldOffset(RetiredBelowOffset)] public ulong RetiredBelow;

    /// <summary>The header of a new segment.</summary>
    public static SegmentHeader Create(SegmentUuid uuid, SegmentLayout layout)
    {
        SegmentHeader header = new()
        {
            Magic = MagicValue,
            Version = VersionValue,
            PageBytes = Limits.BlobAlignmentBytes,
            Uuid = uuid.Value,
            DataBytes = layout.DataBytes,
            StampOffset = SegmentLayout.StampOffset,
            DirectoryOffset = layout.DirectoryOffset,
            DataOffset = layout.DataOffset,
            SlotCount = layout.SlotCount,
            SlotBytes = DirectorySlot.SizeOf,
        };
        header.Checksum = header.ComputeChecksum();
        return header;
    }

    /// <summary>
    /// Checks a header that anyone may have written.
    /// </summary>
    /// <param name="uuid">The segment that it must be.</param>
    /// <param name="fileBytes">Length of the file, from the kernel.</param>
    /// <param name="problem">What is wrong, for a message.</param>
    public readonly bool TryValidate(SegmentUuid uuid, long fileBytes, out string problem)
    {
        SegmentLayout layout = new(DataBytes);
        problem =
            Magic != MagicValue ? "it does not begin with the magic number of a segment"
            : Version != VersionValue ? $"its layout has version {Version}, this software knows {VersionValue}"
            : Checksum != ComputeChecksum() ? "its header is damaged or not complete"
            : Uuid != uuid.Value ? $"it is another segment, {new SegmentUuid(Uuid)}"
            : !layout.IsValid ? $"its data size {DataBytes} is not legal"
            : !Equals(Create(uuid, layout)) ? "its header contradicts itself"
            : fileBytes != layout.FileBytes ? $"its length is {fileBytes}, not {layout.FileBytes}"
            : "";
        return problem.Length == 0;
    }

    private readonly bool Equals(in SegmentHeader other) =>
        PageBytes == other.PageBytes
        && StampOffset == other.StampOffset
        && DirectoryOffset == other.DirectoryOffset
        && DataOffset == other.DataOffset
        && SlotCount == other.SlotCount
        && SlotBytes == other.SlotBytes;

    private readonly uint ComputeChecksum() =>
        Crc32C.Finish(Crc32C.Append(
            Crc32C.Begin,
            MemoryMarshal.AsBytes(new ReadOnlySpan<SegmentHeader>(in this))[..CheckedBytes]));
}
