using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>A blob whose address this process was told, so that it knows exactly what the address names.</summary>
internal class KnownBlob(Session session, SegmentUuid segment, GlobalAddress address, BlobLocation blob)
{
    /// <summary>Whose segments the location is of.</summary>
    public Session Session { get; } = session;

    /// <summary>Address of the first byte.</summary>
    public GlobalAddress Address { get; } = address;

    public BlobLocation Blob { get; } = blob;

    /// <summary>
    /// The segment that it lies in, or null when that is gone. Its number may have been given to another one meanwhile,
    /// so the name is compared: a store into an allocation must never land there.
    /// </summary>
    public SegmentHandle? FindSegment() =>
        Session.KnownSegment(Blob.Segment) is { } handle && handle.Uuid == segment ? handle : null;

    /// <summary>
    /// First address behind the blob's pages; no other blob's addresses begin before it, with the same tag.
    /// </summary>
    public ulong PagesEnd =>
        Address.Value + (ulong)((Blob.SizeBytes + Limits.BlobAlignmentBytes - 1) & -Limits.BlobAlignmentBytes);

    /// <summary>Whether the range lies inside the object.</summary>
    public bool Contains(GlobalAddress address, long sizeBytes)
    {
        long offset = (long)(address.Value - Address.Value);
        return offset >= 0 && sizeBytes > 0 && sizeBytes <= Blob.SizeBytes && offset <= Blob.SizeBytes - sizeBytes;
    }
}
