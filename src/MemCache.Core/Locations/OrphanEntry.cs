using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>
/// A reservation whose session is gone but whose writer may still be alive and copying. Its space is not given away
/// until the owner of the segment has revoked the slot or has seen that the writer is dead. 24 bytes, little-endian, as
/// it travels.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct OrphanEntry
{
    /// <summary>The segment whose owner is to decide.</summary>
    [FieldOffset(0)] public SegmentId Segment;

    /// <summary>Slot of the reservation.</summary>
    [FieldOffset(4)] public uint Slot;

    /// <summary>Generation of the reservation.</summary>
    [FieldOffset(8)] public ulong Generation;

    /// <summary>Session that made it.</summary>
    [FieldOffset(16)] public SessionId Session;

    /// <summary>
    /// 1: the writer is on another host than the segment, so its bytes pass through the owner's data server, which can
    /// refuse them. 0: it may have the segment mapped, and only its end proves that it stores nothing more.
    /// </summary>
    [FieldOffset(20)] public uint IsRemote;
}
