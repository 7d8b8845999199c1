using System.Buffers.Binary;

namespace MemCache.Protocol;

internal static class DataBytes
{
    /// <summary>
    /// Whether the bytes can be the beginning of something with this magic: a stranger is told so after its first
    /// bytes.
    /// </summary>
    public static bool StartsWith(ReadOnlySpan<byte> source, uint magic)
    {
        Span<byte> wanted = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, magic);
        int length = Math.Min(source.Length, wanted.Length);
        return source[..length].SequenceEqual(wanted[..length]);
    }
}
