using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_object_info</c>: what is known of an object.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeObjectInfo
{
    public ulong Size;
    public uint ReplicaCount;
    public uint Reserved;
    public fixed int Ranks[NativeLimits.ReplicaCount];
    public fixed int Media[NativeLimits.ReplicaCount];
    public fixed ulong Addresses[NativeLimits.ReplicaCount];
}
