using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// The answer to a <see cref="DataHello"/>, 32 bytes, little-endian: magic @0, version @4, zero @6, status @8, zero
/// @12, bytes of the segment's data @16, zero @24.
/// </summary>
/// <param name="Version">Version of the data port's protocol that the server speaks.</param>
/// <param name="Status">
/// Ok: requests may follow. NotConnectedToLocal: another segment is served here, or none. ProtocolMismatch,
/// MalformedFrame, LimitExceeded, NotStarted. The server closes behind anything but Ok.
/// </param>
/// <param name="DataBytes">Bytes of the segment's data on Ok, else 0.</param>
public readonly record struct DataHelloReply(ushort Version, MmcStatus Status, long DataBytes)
{
    /// <summary>Bytes of a reply.</summary>
    public const int SizeBytes = 32;

    /// <summary>Writes the first <see cref="SizeBytes"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..SizeBytes];
        destination.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, DataHello.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], (int)Status);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], DataBytes);
    }

    /// <summary>Reads a reply.</summary>
    public static FrameVerdict Read(ReadOnlySpan<byte> source, out DataHelloReply reply)
    {
        reply = default;
        if (!Protocol.DataBytes.StartsWith(source, DataHello.Magic))
        {
            return FrameVerdict.Malformed;
        }

        if (source.Length < SizeBytes)
        {
            return FrameVerdict.NeedMore;
        }

        reply = new DataHelloReply(
            BinaryPrimitives.ReadUInt16LittleEndian(source[4..]),
            (MmcStatus)BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
        bool isLegal = reply.DataBytes is >= 0 and <= Limits.SegmentBytesMax && (int)reply.Status <= 0;
        return reply.Version != DataHello.CurrentVersion ? FrameVerdict.OtherVersion
            : isLegal ? FrameVerdict.Complete
            : FrameVerdict.Malformed;
    }
}
