using System.Runtime.InteropServices;

namespace MemCache.Protocol;

/// <summary>Bytes of one element of an array in a payload: <c>sizeof(T)</c> for safe code; a constant to the JIT.</summary>
internal static class ElementSize<T>
    where T : unmanaged
{
    public static readonly int Bytes = MemoryMarshal.AsBytes<T>(new T[1]).Length;
}
