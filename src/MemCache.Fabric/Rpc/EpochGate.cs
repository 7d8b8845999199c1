namespace MemCache.Fabric;

/// <summary>
/// The highest epoch that a client has seen on any of its connections. A MetaService that carries a lower one is no longer the leader, and
/// what it says is not to be believed. Thread-safe.
/// </summary>
public sealed class EpochGate
{
    // Written by any connection, only upwards.
    private ulong _highest;

    /// <summary>The highest epoch so far; 0 before the first.</summary>
    public ulong Highest => Volatile.Read(ref _highest);

    /// <summary>Notes an epoch.</summary>
    /// <returns><see langword="false"/> if a higher one was seen before.</returns>
    public bool TryPass(ulong epoch)
    {
        ulong highest = Volatile.Read(ref _highest);
        while (epoch > highest)
        {
            ulong found = Interlocked.CompareExchange(ref _highest, epoch, highest);
            if (found == highest)
            {
                return true;
            }

            highest = found;
        }

        return epoch == highest;
    }
}
