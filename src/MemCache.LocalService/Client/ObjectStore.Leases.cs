using MemCache.Core;

namespace MemCache.LocalService;

/// <content>Read leases by key, which outlast a call.</content>
public sealed partial class ObjectStore
{
    /// <summary>
    /// Holds readable objects against eviction, and their space when they are removed, until the lease is given back or ends. One lease for
    /// each process and key: adding renews it, and one remove gives it back. It ends with the process.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="leaseMs">1 or more, counted from now; 0: the default that is configured at the MetaService.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.StateMismatch"/>: allocated by some process and not readable yet.
    /// <see cref="MmcStatus.KeyNotFound"/>: not there. <see cref="MmcStatus.LimitExceeded"/>: this process holds
    /// <see cref="Limits.KeyLeaseCountMaxPerSession"/>.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus AddLeaseBatch(KeyBatch keys, int leaseMs, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        results.Fill(NotYet);
        return NotYet;
    }

    /// <summary>Gives read leases back.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">Shape [n]; every entry is written. <see cref="MmcStatus.KeyNotFound"/>: this process holds none, or it has ended.</param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus RemoveLeaseBatch(KeyBatch keys, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        results.Fill(NotYet);
        return NotYet;
    }
}
