using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// The 32 bytes in front of every reply of the data port, little-endian: magic @0, opcode @4, zero @6, request id @8,
/// status @16, zero @20, payload bytes @24. Replies come in the order of their requests. A read that is Ok has its
/// bytes behind this and a <see cref="DataTrailer"/> behind them; all others end here.
/// </summary>
/// <param name="Opcode">The request's.</param>
/// <param name="RequestId">The request's.</param>
/// <param name="Status">Outcome; of a read what was known before its bytes were sent.</param>
/// <param name="PayloadBytes">What was asked for, in a read that is Ok; else 0.</param>
public readonly record struct DataReply(DataOpcode Opcode, ulong RequestId, MmcStatus Status, long PayloadBytes)
{
    /// <summary>Bytes of a header.</summary>
    public const int SizeBytes = 32;

    /// <summary>"MMDR" as it lies in memory, read little-endian.</summary>
    public const uint Magic = 0x52444D4D;

    /// <summary>Writes the first <see cref="SizeBytes"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..SizeBytes];
        destination.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], (ushort)Opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], RequestId);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], (int)Status);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], PayloadBytes);
    }

    /// <summary>Reads a header.</summary>
    public static FrameVerdict Read(ReadOnlySpan<byte> source, out DataReply reply)
    {
        reply = default;
        if (!DataBytes.StartsWith(source, Magic))
        {
            return FrameVerdict.Malformed;
        }

        if (source.Length < SizeBytes)
        {
            return FrameVerdict.NeedMore;
        }

        reply = new DataReply(
            (DataOpcode)BinaryPrimitives.ReadUInt16LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            (MmcStatus)BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]));
        bool isRead = reply.Opcode is DataOpcode.Read or DataOpcode.ReadAddress;
        bool sizeIsLegal = isRead && reply.Status == MmcStatus.Ok
            ? reply.PayloadBytes is >= 1 and <= Limits.SegmentBytesMax
            : reply.PayloadBytes == 0;
        return sizeIsLegal && (int)reply.Status <= 0 ? FrameVerdict.Complete : FrameVerdict.Malformed;
    }
}
