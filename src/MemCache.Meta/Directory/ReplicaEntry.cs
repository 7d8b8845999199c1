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

    /// <summary>Only in an object's first entry: a part of the record's <see cref="RecordHeader.PutGeneration"/>.</summary>
    [FieldOffset(18)] public ushort PutLow;

    /// <inheritdoc cref="PutLow"/>
    [FieldOffset(20)] public uint PutMiddle;

    /// <summary>Value of <see cref="Segment"/> for a replica that is gone.</summary>
    public const ushort NoSegment = ushort.MaxValue;

    /// <summary>
    /// Takes over where another replica lies, and keeps what belongs to the record: the way to change an entry of a record
    /// that is there already.
    /// </summary>
    public void Become(in ReplicaEntry replica) =>
        this = replica with { PutLow = PutLow, PutMiddle = PutMiddle };
}
