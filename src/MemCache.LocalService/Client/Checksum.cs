using MemCache.Core;
using MemCache.Interop;

namespace MemCache.LocalService;

/// <summary>CRC-32C of an object whose bytes lie in several buffers, one behind the other.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<MemoryBuffer> layers)
    {
        uint crc = Crc32C.Begin;
        foreach (MemoryBuffer layer in layers)
        {
            crc = Crc32C.Append(crc, layer.Address, layer.SizeBytes);
        }

        return Crc32C.Finish(crc);
    }
}
