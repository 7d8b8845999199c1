using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>
/// A blob that is no object any more: the owner of its segment clears the slot, so that it does not come back when the
/// segment joins again. 16 bytes, little-endian, as it travels.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct RetireEntry
{
    /// <summary>Generation of the blob; a slot that has gone on to another one is left alone.</summary>
    [FieldOffset(0)] public ulong Generation;

    /// <summary>The slot.</summary>
    [FieldOffset(8)] public uint Slot;
}
