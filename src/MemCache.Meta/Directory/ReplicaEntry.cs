using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>Where one replica lies, inside a record. 24 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct ReplicaEntry
{
    /// <summary>Generation of the reservation; kept when the replica is gone, to recognise late messages.</summary>
    [FieldOffset(0)] public ulong Generation;

    /// <summary>Slot in the segment's directory.</summary>
    [FieldOffset(8)] public uint Slot;

    /// <summary>First page of the blob.</summary>
    [FieldOffset(12)] public uint Page;

    /// <summary>The segment; <see cref="NoSegment"/> when this replica is gone.</summary>
    [FieldOffset(16)] public ushort Segment;

    /// <summary>Value of <see cref="Segment"/> for a replica that is gone.</summary>
    public const ushort NoSegment = ushort.MaxValue;
}
