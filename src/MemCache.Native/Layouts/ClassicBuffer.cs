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
