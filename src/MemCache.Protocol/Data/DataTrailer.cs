using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// The 16 bytes behind the bytes of a read, little-endian: magic @0, status @4, flags @8, checksum @12. Made when the
/// last byte had left the segment: only now is it known whose bytes they were.
/// </summary>
/// <param name="Status">Ok, or BlobChanged: forget the bytes.</param>
/// <param name="Checksum">CRC-32C that was stored with the object, if it was asked for and is there.</param>
public readonly record struct DataTrailer(MmcStatus Status, uint? Checksum)
{
    /// <summary>Bytes of a trailer.</summary>
    public const int SizeBytes = 16;

    /// <summary>"MMDT" as it lies in memory, read little-endian.</summary>
    public const uint Magic = 0x54444D4D;

    private const uint FlagChecksum = 1;

    /// <summary>Writes the first <see cref="SizeBytes"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], (int)Status);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Checksum is null ? 0 : FlagChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Checksum.GetValueOrDefault());
    }

    /// <summary>Reads a trailer.</summary>
    public static FrameVerdict Read(ReadOnlySpan<byte> source, out DataTrailer trailer)
    {
        trailer = default;
        if (!DataBytes.StartsWith(source, Magic))
        {
            return FrameVerdict.Malformed;
        }

        if (source.Length < SizeBytes)
        {
            return FrameVerdict.NeedMore;
        }

        int status = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        trailer = new DataTrailer((MmcStatus)status, flags == FlagChecksum ? checksum : null);
        bool isLegal = status <= 0 && flags <= FlagChecksum && (flags != 0 || checksum == 0);
        return isLegal ? FrameVerdict.Complete : FrameVerdict.Malformed;
    }
}
