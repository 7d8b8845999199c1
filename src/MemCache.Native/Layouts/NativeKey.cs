using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary><c>mmc_key</c>: bytes of UTF-8, not terminated.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeKey
{
    public byte* Data;
    public nuint Size;
}
