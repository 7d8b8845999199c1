using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_put_terms</c>: replicas, pin and time to live of a put.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePutTerms
{
    /// <summary><c>MMC_PUT_TERMS</c> in the replicas' count: they are the begin of terms.</summary>
    public const uint Flag = 0x8000_0000;

    public NativeReplicas Replicas;
    public uint Pin;
    public uint TtlMs;
}
