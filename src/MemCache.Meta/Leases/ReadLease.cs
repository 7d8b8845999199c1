namespace MemCache.Meta;

/// <summary>
/// Read leases of one object in 64 bits: the latest expiry (48 bits of milliseconds), whether
/// <see cref="KeyLeaseTable"/> has leases on it (1 bit) and the number of readers (15 bits). Readers are not told
/// apart: one that gives its lease back after it expired may shorten another's, who then gets a miss, never wrong
/// bytes.
/// </summary>
internal static class ReadLease
{
    private const int ExpiryShift = 16;
    private const ulong CountMax = (1UL << 15) - 1;
    private const ulong KeptBit = 1UL << 15;
    private const long ExpiryMax = (1L << 47) - 1;

    /// <summary>
    /// Whether a reader holds the object at <paramref name="nowMs"/>. Leases by key are not looked at.
    /// </summary>
    public static bool IsHeld(ulong lease, long nowMs) =>
        (lease & CountMax) != 0 && Math.Clamp(nowMs, 0, ExpiryMax) < (long)(lease >> ExpiryShift);

    /// <summary>Number of readers, the ones whose lease expired unseen included.</summary>
    public static int ReaderCount(ulong lease) => (int)(lease & CountMax);

    /// <summary>Whether there are leases by key on the object, the expired ones not yet cleared included.</summary>
    public static bool IsKept(ulong lease) => (lease & KeptBit) != 0;

    /// <summary>Notes whether there are leases by key on the object.</summary>
    public static ulong Keep(ulong lease, bool isKept) => isKept ? lease | KeptBit : lease & ~KeptBit;

    /// <summary>One reader more, for <paramref name="leaseMs"/> from now on.</summary>
    public static ulong Grant(ulong lease, int leaseMs, long nowMs)
    {
        long expiry = ExpiryOf(leaseMs, nowMs);
        ulong count = 0;
        if (IsHeld(lease, nowMs))
        {
            count = lease & CountMax;
            expiry = Math.Max(expiry, (long)(lease >> ExpiryShift));
        }

        // A full count stays full until the expiry: better held too long than given back under a reader.
        return (ulong)expiry << ExpiryShift | lease & KeptBit | Math.Min(count + 1, CountMax);
    }

    /// <summary>One reader more, until <paramref name="expiryMs"/> at least.</summary>
    public static ulong HoldUntil(ulong lease, long expiryMs)
    {
        long expiry = Math.Clamp(Math.Max(expiryMs, (long)(lease >> ExpiryShift)), 0, ExpiryMax);
        return (ulong)expiry << ExpiryShift | lease & KeptBit | Math.Min((lease & CountMax) + 1, CountMax);
    }

    /// <summary>One reader less.</summary>
    public static ulong Release(ulong lease) =>
        (lease & CountMax) is 0 or CountMax ? lease : lease - 1;

    /// <summary>When a lease of <paramref name="leaseMs"/> that is granted now ends.</summary>
    public static long ExpiryOf(int leaseMs, long nowMs) =>
        Math.Clamp(Math.Clamp(nowMs, 0, ExpiryMax) + leaseMs, 0, ExpiryMax);

    /// <summary>When the last reader's lease ends.</summary>
    public static long ExpiryOf(ulong lease) => (long)(lease >> ExpiryShift);

    /// <summary>Whether a lease with this expiry has ended.</summary>
    public static bool HasEnded(long expiryMs, long nowMs) => Math.Clamp(nowMs, 0, ExpiryMax) >= expiryMs;
}
