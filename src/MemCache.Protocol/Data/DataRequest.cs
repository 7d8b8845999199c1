using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// The 80 bytes in front of every request of the data port, little-endian: magic @0, opcode @4, key bytes @6, request
/// id @8, offset @16, size @24, token @32, slot @40, flags @44, blob offset @48, blob size @56, put generation @64,
/// checksum @72, replica count @76, replica index @77, zero @78. Behind it the key, then the bytes of a put or write.
/// What an operation does not need is zero.
/// </summary>
public struct DataRequest
{
    /// <summary>Bytes of a header.</summary>
    public const int SizeBytes = 80;

    /// <summary>Bytes of the longest header with its key.</summary>
    public const int SizeBytesMax = SizeBytes + Limits.KeyBytesMax;

    /// <summary>"MMDQ" as it lies in memory, read little-endian.</summary>
    public const uint Magic = 0x51444D4D;

    /// <summary>In <see cref="Slot"/> of a read: no checksum is wanted.</summary>
    public const uint NoSlot = uint.MaxValue;

    /// <summary><see cref="Flags"/> of a put or an end: <see cref="Checksum"/> is there.</summary>
    public const uint FlagChecksum = 1;

    private const int OpcodeOffset = 4;
    private const int KeyBytesOffset = 6;
    private const int RequestIdOffset = 8;
    private const int OffsetOffset = 16;
    private const int SizeOffset = 24;
    private const int TokenOffset = 32;
    private const int SlotOffset = 40;
    private const int FlagsOffset = 44;
    private const int BlobOffsetOffset = 48;
    private const int BlobSizeOffset = 56;
    private const int PutGenerationOffset = 64;
    private const int ChecksumOffset = 72;
    private const int ReplicaCountOffset = 76;
    private const int ReplicaIndexOffset = 77;
    private const int ZeroOffset = 78;

    /// <summary>The operation.</summary>
    public DataOpcode Opcode;

    /// <summary>
    /// Bytes of the key behind the header, 1 .. <see cref="Limits.KeyBytesMax"/> in a put or an end, else 0.
    /// </summary>
    public ushort KeyBytes;

    /// <summary>Chosen by the client, returned unchanged.</summary>
    public ulong RequestId;

    /// <summary>First byte of the range, from the start of the segment's data; 0 where an address says it.</summary>
    public long Offset;

    /// <summary>Bytes of the range, 1 or more; 0 in an operation that moves none.</summary>
    public long RangeBytes;

    /// <summary>Read: the stamp of the range's pages. ReadAddress: the address. Else the blob's generation.</summary>
    public ulong Token;

    /// <summary>The blob's slot; in a read the slot whose checksum is wanted, or <see cref="NoSlot"/>.</summary>
    public uint Slot;

    /// <summary>
    /// <see cref="FlagChecksum"/> or 0; of an operation with an identity also, above it, its <see cref="Terms"/>.
    /// </summary>
    public uint Flags;

    /// <summary>First byte of the blob; 0 in a read.</summary>
    public long BlobOffset;

    /// <summary>Bytes of the blob; 0 in a read.</summary>
    public long BlobSizeBytes;

    /// <summary>As in the directory slot.</summary>
    public ulong PutGeneration;

    /// <summary>CRC-32C of the object.</summary>
    public uint Checksum;

    /// <summary>As in the directory slot.</summary>
    public byte ReplicaCount;

    /// <summary>As in the directory slot.</summary>
    public byte ReplicaIndex;

    /// <summary>Pin and end of life; of an operation with an identity.</summary>
    public readonly StoredTerms Terms => new(Flags >> 1);

    /// <summary><see cref="Flags"/> of an operation with an identity.</summary>
    public static uint FlagsOf(bool hasChecksum, StoredTerms terms) =>
        (hasChecksum ? FlagChecksum : 0) | (terms.Value & StoredTerms.ValueMax) << 1;

    /// <summary>Bytes that follow header and key.</summary>
    public readonly long PayloadBytes => Opcode is DataOpcode.Put or DataOpcode.Write ? RangeBytes : 0;

    /// <summary>Whether the operation carries a key and the rest of a blob's identity.</summary>
    public readonly bool HasIdentity => Opcode is DataOpcode.Put or DataOpcode.End;

    /// <summary>Whether the operation only reads.</summary>
    public readonly bool IsRead => Opcode is DataOpcode.Read or DataOpcode.ReadAddress;

    /// <summary>Writes the first <see cref="SizeBytes"/> bytes of <paramref name="destination"/>.</summary>
    public readonly void Write(Span<byte> destination)
    {
        destination = destination[..SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[OpcodeOffset..], (ushort)Opcode);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[KeyBytesOffset..], KeyBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[RequestIdOffset..], RequestId);
        BinaryPrimitives.WriteInt64LittleEndian(destination[OffsetOffset..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(destination[SizeOffset..], RangeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[TokenOffset..], Token);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[SlotOffset..], Slot);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[FlagsOffset..], Flags);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlobOffsetOffset..], BlobOffset);
        BinaryPrimitives.WriteInt64LittleEndian(destination[BlobSizeOffset..], BlobSizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[PutGenerationOffset..], PutGeneration);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], Checksum);
        destination[ReplicaCountOffset] = ReplicaCount;
        destination[ReplicaIndexOffset] = ReplicaIndex;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ZeroOffset..], 0);
    }

    /// <summary>
    /// Reads a header and judges what must hold for the bytes behind it to be found. Ranges are the segment's to judge.
    /// </summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="request">The header, when it is complete.</param>
    /// <returns>
    /// <see cref="FrameVerdict.OtherVersion"/>: an operation that this version does not know. Behind it and
    /// <see cref="FrameVerdict.Malformed"/> nothing can be found any more.
    /// </returns>
    public static FrameVerdict Read(ReadOnlySpan<byte> source, out DataRequest request)
    {
        request = default;
        if (!DataBytes.StartsWith(source, Magic))
        {
            return FrameVerdict.Malformed;
        }

        if (source.Length < SizeBytes)
        {
            return FrameVerdict.NeedMore;
        }

        request = Parse(source);
        if (request.Opcode is < DataOpcode.Read or > DataOpcode.Abort)
        {
            return FrameVerdict.OtherVersion;
        }

        bool isZero = BinaryPrimitives.ReadUInt16LittleEndian(source[ZeroOffset..]) == 0;
        return isZero && request.IsLegal() ? FrameVerdict.Complete : FrameVerdict.Malformed;
    }

    private static DataRequest Parse(ReadOnlySpan<byte> source) => new()
    {
        Opcode = (DataOpcode)BinaryPrimitives.ReadUInt16LittleEndian(source[OpcodeOffset..]),
        KeyBytes = BinaryPrimitives.ReadUInt16LittleEndian(source[KeyBytesOffset..]),
        RequestId = BinaryPrimitives.ReadUInt64LittleEndian(source[RequestIdOffset..]),
        Offset = BinaryPrimitives.ReadInt64LittleEndian(source[OffsetOffset..]),
        RangeBytes = BinaryPrimitives.ReadInt64LittleEndian(source[SizeOffset..]),
        Token = BinaryPrimitives.ReadUInt64LittleEndian(source[TokenOffset..]),
        Slot = BinaryPrimitives.ReadUInt32LittleEndian(source[SlotOffset..]),
        Flags = BinaryPrimitives.ReadUInt32LittleEndian(source[FlagsOffset..]),
        BlobOffset = BinaryPrimitives.ReadInt64LittleEndian(source[BlobOffsetOffset..]),
        BlobSizeBytes = BinaryPrimitives.ReadInt64LittleEndian(source[BlobSizeOffset..]),
        PutGeneration = BinaryPrimitives.ReadUInt64LittleEndian(source[PutGenerationOffset..]),
        Checksum = BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..]),
        ReplicaCount = source[ReplicaCountOffset],
        ReplicaIndex = source[ReplicaIndexOffset],
    };

    private readonly bool IsLegal()
    {
        bool movesBytes = IsRead || Opcode is DataOpcode.Put or DataOpcode.Write;
        bool sizeIsLegal = movesBytes ? RangeBytes is >= 1 and <= Limits.SegmentBytesMax : RangeBytes == 0;
        bool keyIsLegal = HasIdentity ? KeyBytes is >= Limits.KeyBytesMin and <= Limits.KeyBytesMax : KeyBytes == 0;
        bool flagsAreLegal = HasIdentity ? Terms.Pin <= ObjectPin.Hard : (Flags & ~FlagChecksum) == 0;
        return sizeIsLegal && keyIsLegal && flagsAreLegal;
    }
}
