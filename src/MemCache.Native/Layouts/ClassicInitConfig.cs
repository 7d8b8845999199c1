using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_init_config</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ClassicInitConfig
{
    public uint DeviceId;
    public byte WithMemory;
}
