using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_key</c>: bytes of UTF-8, not terminated.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeKey
{
    public byte* Data;
    public nuint Size;
}

/// <summary><c>mmc_buffers</c>: the buffers of a batch, row by row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBuffers
{
    public ulong* Addresses;
    public ulong* Sizes;
    public uint* LayerCounts; // null: one buffer an entry
}

/// <summary><c>mmc_replicas</c>: how many replicas, and where.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeReplicas
{
    public uint ReplicaCount;
    public uint PreferredCount;
    public fixed int Preferred[NativeLimits.ReplicaCount];
}

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

/// <summary>Array lengths that are part of the C structs.</summary>
internal static class NativeLimits
{
    /// <summary>As <see cref="Core.Limits.ReplicaCountMax"/>; a C array's length can't change with it.</summary>
    public const int ReplicaCount = 8;
}
