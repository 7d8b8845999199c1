namespace MemCache.Meta;

/// <summary>
/// Read leases of one object in 64 bits: the latest expiry (48 bits of milliseconds) and the number of readers (16 bits). Readers are not
/// told apart: one that gives its lease back after it expired may shorten another's, who then gets a miss, never wrong bytes.
/// </summary>
internal static class ReadLease
{
    private const int CountBits = 16;
    private const ulong CountMax = (1UL << CountBits) - 1;
    private const long ExpiryMax = (1L << 47) - 1;

    /// <summary>Whether a reader holds the object at <paramref name="nowMs"/>.</summary>
    public static bool IsHeld(ulong lease, long nowMs) =>
        (lease & CountMax) != 0 && Math.Clamp(nowMs, 0, ExpiryMax) < (long)(lease >> CountBits);

    /// <summary>Number of readers, the ones whose lease expired unseen included.</summary>
    public static int ReaderCount(ulong lease) => (int)(lease & CountMax);

    /// <summary>One reader more, for <paramref name="leaseMs"/> from now on.</summary>
    public static ulong Grant(ulong lease, int leaseMs, long nowMs)
    {
        long expiry = Math.Clamp(Math.Clamp(nowMs, 0, ExpiryMax) + leaseMs, 0, ExpiryMax);
        ulong count = 0;
        if (IsHeld(lease, nowMs))
        {
            count = lease & CountMax;
            expiry = Math.Max(expiry, (long)(lease >> CountBits));
        }

        // A full count stays full until the expiry: better held too long than given back under a reader.
        return (ulong)expiry << CountBits | Math.Min(count + 1, CountMax);
    }

    /// <summary>One reader less.</summary>
    public static ulong Release(ulong lease) =>
        (lease & CountMax) is 0 or CountMax ? lease : lease - 1;
}
