using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// The first 32 bytes of a connection to a data port, little-endian: magic @0, version @4, zero @6, segment @8, zero
/// @24. The first six keep their meaning in every version. Nothing else is sent before the <see cref="DataHelloReply"/>
/// has come.
/// </summary>
/// <param name="Version">Version of the data port's protocol that the client speaks.</param>
/// <param name="Segment">The segment that the client wants; a port that serves another one refuses.</param>
public readonly record struct DataHello(ushort Version, SegmentUuid Segment)
{
    /// <summary>Bytes of a hello.</summary>
    public const int SizeBytes = 32;

    /// <summary>"MMD1" as it lies in memory, read little-endian.</summary>
    public const uint Magic = 0x31444D4D;

    /// <summary>The version that this code speaks.</summary>
    public const ushort CurrentVersion = 1;

    private const int SegmentOffset = 8;
    private const int TailOffset = SegmentOffset + SegmentUuid.SizeBytes;

    /// <summary>Writes the first <see cref="SizeBytes"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..SizeBytes];
        destination.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Version);
        Segment.Write(destination[SegmentOffset..]);
    }

    /// <summary>Reads a hello.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="hello">The hello if it is complete; of another version only its number.</param>
    public static FrameVerdict Read(ReadOnlySpan<byte> source, out DataHello hello)
    {
        hello = default;
        if (!DataBytes.StartsWith(source, Magic))
        {
            return FrameVerdict.Malformed;
        }

        if (source.Length < SizeBytes)
        {
            return FrameVerdict.NeedMore;
        }

        hello = new DataHello(BinaryPrimitives.ReadUInt16LittleEndian(source[4..]), default);
        if (hello.Version != CurrentVersion)
        {
            return FrameVerdict.OtherVersion;
        }

        bool isLegal = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]) == 0
            && BinaryPrimitives.ReadUInt64LittleEndian(source[TailOffset..]) == 0;
        hello = hello with { Segment = SegmentUuid.Read(source[SegmentOffset..]) };
        return isLegal ? FrameVerdict.Complete : FrameVerdict.Malformed;
    }
}
