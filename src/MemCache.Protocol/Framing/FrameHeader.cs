using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// The 32 bytes in front of every payload, little-endian: magic @0, version @4, opcode @6, payload bytes @8, status @12, request id
/// @16, epoch @24. The first 12 bytes keep their meaning in every version, so that any two versions can refuse each other politely.
/// </summary>
/// <param name="Version">Protocol version of the sender.</param>
/// <param name="OpcodeRaw">Operation, with <see cref="ReplyFlag"/> in a reply; may be a number this version does not know.</param>
/// <param name="PayloadBytes">Bytes behind the header, 0 .. <see cref="Limits.FrameBytesMax"/>.</param>
/// <param name="Status">Outcome of the whole request; 0 in a request.</param>
/// <param name="RequestId">Chosen by the client, returned unchanged.</param>
/// <param name="Epoch">In a reply the MetaService's epoch; in a request the highest epoch the client has seen.</param>
public readonly record struct FrameHeader(
    ushort Version, ushort OpcodeRaw, uint PayloadBytes, MmcStatus Status, ulong RequestId, ulong Epoch)
{
    /// <summary>Bytes of a header.</summary>
    public const int SizeBytes = 32;

    /// <summary>Bytes of the part that no version changes.</summary>
    public const int StablePartBytes = 12;

    /// <summary>"MMC1" as it lies in memory, read little-endian.</summary>
    public const uint Magic = 0x31434D4D;

    /// <summary>The version that this code speaks.</summary>
    public const ushort CurrentVersion = 1;

    /// <summary>Set in the opcode of every reply.</summary>
    public const ushort ReplyFlag = 0x8000;

    /// <summary>A request in the current version.</summary>
    public static FrameHeader ForRequest(Opcode opcode, int payloadBytes, ulong requestId, ulong epoch) =>
        new(CurrentVersion, (ushort)opcode, (uint)payloadBytes, MmcStatus.Ok, requestId, epoch);

    /// <summary>The answer to this request.</summary>
    public FrameHeader ToReply(MmcStatus status, int payloadBytes, ulong epoch) =>
        new(CurrentVersion, (ushort)(OpcodeRaw | ReplyFlag), (uint)payloadBytes, status, RequestId, epoch);

    /// <summary>The operation without the reply flag.</summary>
    public Opcode Opcode => (Opcode)(OpcodeRaw & ~ReplyFlag);

    /// <summary>Whether the frame is a reply.</summary>
    public bool IsReply => (OpcodeRaw & ReplyFlag) != 0;

    /// <summary>Bytes of the whole frame.</summary>
    public long FrameBytes => SizeBytes + (long)PayloadBytes;

    /// <summary>Reads a header and judges the part that no version changes.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="header">The header; on <see cref="FrameVerdict.OtherVersion"/> only version, opcode and payload bytes are filled.</param>
    /// <returns>What to do with the connection.</returns>
    public static FrameVerdict Read(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < StablePartBytes)
        {
            return StartsLikeFrame(source) ? FrameVerdict.NeedMore : FrameVerdict.Malformed;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(source);
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(source[4..]);
        ushort opcode = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        uint payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        if (magic != Magic)
        {
            return FrameVerdict.Malformed;
        }

        header = new(version, opcode, payloadBytes, MmcStatus.Ok, 0, 0);
        if (version != CurrentVersion)
        {
            return FrameVerdict.OtherVersion;
        }

        if (payloadBytes > Limits.FrameBytesMax)
        {
            return FrameVerdict.Malformed;
        }

        if (source.Length < SizeBytes)
        {
            return FrameVerdict.NeedMore;
        }

        header = header with
        {
            Status = (MmcStatus)BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            RequestId = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            Epoch = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]),
        };
        return FrameVerdict.Complete;
    }

    /// <summary>Writes the header into the first <see cref="SizeBytes"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], OpcodeRaw);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], PayloadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], (int)Status);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], RequestId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Epoch);
    }

    // A stranger (an HTTP client, say) is told so after its first bytes, not when a deadline ends.
    private static bool StartsLikeFrame(ReadOnlySpan<byte> source)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, Magic);
        int length = Math.Min(source.Length, magic.Length);
        return source[..length].SequenceEqual(magic[..length]);
    }
}
