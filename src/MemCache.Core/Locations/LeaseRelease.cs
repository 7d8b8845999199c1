using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>Gives one read lease back. 16 bytes, little-endian, as it travels.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct LeaseRelease
{
    /// <summary>The object, from the lookup that granted the lease.</summary>
    [FieldOffset(0)] public ObjectRef Ref;

    /// <summary>Generation of its first replica; a stale one is ignored.</summary>
    [FieldOffset(8)] public ulong Generation;
}
