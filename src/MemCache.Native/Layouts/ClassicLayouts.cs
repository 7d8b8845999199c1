using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_buffer</c>: bytes from address + offset on.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ClassicBuffer
{
    public ulong Address;
    public uint Type;
    public ulong Offset;
    public ulong Length;
}

/// <summary><c>mmc_put_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ClassicPutOptions
{
    public ushort MediaType;
    public int Policy;
    public ushort ReplicaCount;
    public fixed int Preferred[NativeLimits.ReplicaCount];
}

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

/// <summary><c>mmc_init_config</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ClassicInitConfig
{
    public uint DeviceId;
    public byte WithMemory;
}
