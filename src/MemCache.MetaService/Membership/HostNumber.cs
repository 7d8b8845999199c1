namespace MemCache.MetaService;

/// <summary>
/// The host of a client as a number: clients with the same text map each other's segments, others reach them through
/// their owners. A hash (FNV-1a), so that there is no table to bound and the number is the same after a restart; that two
/// of a pool's hosts share one takes 2^32 hosts. Not one of OpenSSL's: where there is none, this process runs too.
/// </summary>
internal static class HostNumber
{
    public static ulong Of(ReadOnlySpan<byte> hostId)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte part in hostId)
        {
            hash = (hash ^ part) * 0x100000001B3;
        }

        return hash;
    }
}
