using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MemCache.MetaService;

/// <summary>
/// The host of a client as a number: clients with the same text map each other's segments, others reach them through
/// their owners. A digest, so that there is no table to bound and the number is the same after a restart; that two of a
/// pool's hosts share one takes 2^32 hosts.
/// </summary>
internal static class HostNumber
{
    public static ulong Of(ReadOnlySpan<byte> hostId)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(hostId, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }
}
