using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_replicas</c>: how many replicas, and where.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeReplicas
{
    public uint ReplicaCount;
    public uint PreferredCount;
    public fixed int Preferred[NativeLimits.ReplicaCount];
}
