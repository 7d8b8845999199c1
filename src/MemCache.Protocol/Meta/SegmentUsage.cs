using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Fill of one segment. 24 bytes, little-endian, as it travels.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct SegmentUsage
{
    /// <summary>The segment.</summary>
    [FieldOffset(0)] public SegmentId Segment;

    /// <summary>The rank that contributes it.</summary>
    [FieldOffset(2)] public RankId Rank;

    /// <summary>What it is made of.</summary>
    [FieldOffset(4)] public Medium Medium;

    /// <summary>Bytes of data it can hold.</summary>
    [FieldOffset(8)] public long CapacityBytes;

    /// <summary>Bytes given to blobs.</summary>
    [FieldOffset(16)] public long AllocatedBytes;
}
