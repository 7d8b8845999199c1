using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>One entry of the segment registry.</summary>
internal sealed record MountedSegment(
    SegmentId Segment, RankId Rank, Medium Medium, uint SlotCount, long DataBytes, Guid Uuid, byte[] FileName, byte[] HostId,
    byte[] DataAddress)
{
    /// <summary>As it travels.</summary>
    public SegmentEntry ToEntry() => new()
    {
        Segment = Segment,
        Rank = Rank,
        Medium = Medium,
        SlotCount = SlotCount,
        DataBytes = DataBytes,
        Uuid = Uuid,
        FileName = FileName,
        HostId = HostId,
        DataAddress = DataAddress,
    };
}
