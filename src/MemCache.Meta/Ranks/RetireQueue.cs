using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Blobs of one segment that are no objects any more, until the owner is told. A ring that forgets the
/// oldest when it is full. Not thread-safe: the segment's lock guards it.
/// </summary>
internal sealed class RetireQueue
{
    // Made as a whole when it is needed first, so that no later call allocates; of memory only what is touched counts.
    private RetireEntry[] _ring = [];
    private int _first;

    /// <summary>Blobs that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Blobs that were forgotten because too many waited.</summary>
    public long ForgottenCount { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(uint slot, ulong generation)
    {
        if (_ring.Length == 0)
        {
            _ring = GC.AllocateUninitializedArray<RetireEntry>(Limits.RetirementCountMaxPerSegment);
        }

        if (Count == _ring.Length)
        {
            _first = (_first + 1) & (_ring.Length - 1);
            Count--;
            ForgottenCount++;
        }

        _ring[(_first + Count) & (_ring.Length - 1)] = new RetireEntry { Slot = slot, Generation = generation };
        Count++;
    }

    /// <summary>Takes as many as fit, the oldest first.</summary>
    public int Take(Span<RetireEntry> entries)
    {
        int count = Math.Min(Count, entries.Length);
        for (int i = 0; i < count; i++)
        {
            entries[i] = _ring[(_first + i) & (_ring.Length - 1)];
        }

        Count -= count;
        _first = Count == 0 ? 0 : (_first + count) & (_ring.Length - 1);
        return count;
    }
}
