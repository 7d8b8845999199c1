using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_buffers</c>: the buffers of a batch, row by row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBuffers
{
    public ulong* Addresses;
    public ulong* Sizes;
    public uint* LayerCounts; // null: one buffer an entry
}
