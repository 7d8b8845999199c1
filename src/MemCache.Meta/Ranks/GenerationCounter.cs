using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Numbers of reservations, of the whole pool: each is given once, a later one is higher. Thread-safe, without a lock.
/// </summary>
internal sealed class GenerationCounter(ulong last)
{
    private ulong _last = last;

    /// <summary>The number that was given last.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <summary>The next number; <see langword="false"/> when there are no more.</summary>
    public bool TryNext(out ulong generation)
    {
        generation = Interlocked.Increment(ref _last);
        return generation <= Limits.GenerationMax;
    }

    /// <summary>From now on only numbers above <paramref name="generation"/> are given.</summary>
    public void Raise(ulong generation)
    {
        ulong seen = Last;
        while (seen < generation)
        {
            ulong was = Interlocked.CompareExchange(ref _last, generation, seen);
            if (was == seen)
            {
                return;
            }

            seen = was;
        }
    }
}
