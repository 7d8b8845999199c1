using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>One contiguous part of a batch copy. Source and destination do not overlap.</summary>
/// <param name="Source">First byte to read.</param>
/// <param name="Destination">First byte to write.</param>
/// <param name="SizeBytes">Length; 0 is legal and copies nothing.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct CopyPiece(nuint Source, nuint Destination, long SizeBytes)
{
    /// <summary>
    /// Whether it has addresses, a length that is not negative, and does not wrap around the address space.
    /// </summary>
    public bool IsValid =>
        SizeBytes >= 0
        && (SizeBytes == 0 || (Source != 0 && Destination != 0))
        && Source <= nuint.MaxValue - (nuint)SizeBytes
        && Destination <= nuint.MaxValue - (nuint)SizeBytes;
}
