using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>Where one replica lies. 24 bytes, little-endian, as it travels.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct ReplicaLocation
{
    /// <summary>The segment.</summary>
    [FieldOffset(0)] public SegmentId Segment;

    /// <summary>Slot in the segment's directory.</summary>
    [FieldOffset(4)] public uint Slot;

    /// <summary>Generation that the blob's data pages are stamped with.</summary>
    [FieldOffset(8)] public ulong Generation;

    /// <summary>First byte, from the start of the segment's data.</summary>
    [FieldOffset(16)] public long Offset;
}
