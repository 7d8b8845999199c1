using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_put_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ClassicPutOptions
{
    public ushort MediaType;
    public int Policy;
    public ushort ReplicaCount;
    public fixed int Preferred[NativeLimits.ReplicaCount];
}
