using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_data_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ClassicDataInfo
{
    public ulong Size;
    public ushort Protection;
    public byte BlobCount;
    public byte IsValid;
    public fixed uint Ranks[NativeLimits.ReplicaCount];
    public fixed ushort Types[NativeLimits.ReplicaCount];
}
