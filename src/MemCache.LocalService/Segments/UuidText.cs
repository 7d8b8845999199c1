using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>The 16 bytes of a segment's name, as the protocol and as the fabric hold them.</summary>
internal static class UuidText
{
    public static Guid ToGuid(SegmentUuid uuid)
    {
        Span<byte> bytes = stackalloc byte[SegmentUuid.SizeBytes];
        uuid.Write(bytes);
        return new Guid(bytes);
    }

    public static SegmentUuid ToSegmentUuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[SegmentUuid.SizeBytes];
        uuid.TryWriteBytes(bytes);
        return SegmentUuid.Read(bytes);
    }
}
