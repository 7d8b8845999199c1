using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// When the records of one shard end that have a time to live: beside the records, so that the others do not pay for
/// it; some 10 to 20 bytes for each that has one. Times are counted in units of <see cref="UnitMs"/>. Not thread-safe.
/// </summary>
internal sealed class ExpiryTable(Slab slab)
{
    /// <summary>An object ends up to this much later than asked for: 32 bits of it are 4 years of uptime.</summary>
    public const int UnitMs = 1 << UnitShift;

    private const int UnitShift = 5;
    private const uint Factor = 0x9E37_79B1;
    private const uint FactorInverse = 0x0E8B_2F51;

    // Records by a one-to-one mix of their numbers, with the unit in which they end.
    private readonly PagedTable _ends = new(slab);

    // No record ends before this unit, but those that a scan has shown.
    private uint _first = uint.MaxValue;
    private uint _firstOfScan = uint.MaxValue;
    private int _scanIndex = -1;

    /// <summary>Records that have an end.</summary>
    public int Count => _ends.Count;

    /// <summary>The unit that ends <paramref name="ttlMs"/> milliseconds from now, or is the first one to.</summary>
    public static uint UnitOf(int ttlMs, long nowMs) =>
        (uint)Math.Clamp((Math.Max(nowMs, 0) + ttlMs + UnitMs - 1) >> UnitShift, 1, uint.MaxValue - 1);

    /// <summary>Gives a record an end, in the place of what it had.</summary>
    /// <returns><see langword="false"/>: there is no memory left, nothing changed.</returns>
    public bool TrySet(uint record, uint end)
    {
        uint tag = Mix(record);
        uint before = _ends.Find(tag);
        if (before == end)
        {
            return true;
        }

        if (!_ends.Insert(tag, end))
        {
            return false;
        }

        if (before != 0)
        {
            _ends.Remove(tag, before);
        }

        Note(end);
        return true;
    }

    /// <summary>Takes a record's end away, which it has.</summary>
    public void Remove(uint record)
    {
        uint tag = Mix(record);
        bool found = _ends.Remove(tag, _ends.Find(tag));
        Invariant.Require(found);
    }

    /// <summary>Whether the end of a record, which has one, has come.</summary>
    public bool HasEnded(uint record, long nowMs) => _ends.Find(Mix(record)) <= NowUnit(nowMs);

    /// <summary>Milliseconds until a record ends, which has an end; negative: it has come.</summary>
    public long MsLeft(uint record, long nowMs) => ((long)_ends.Find(Mix(record)) << UnitShift) - nowMs;

    /// <summary>A record, which has an end, is to be shown when that comes, though it may have been shown before.</summary>
    public void ShowAgain(uint record) => Note(_ends.Find(Mix(record)));

    /// <summary>Whether there may be something to show now.</summary>
    public bool IsDue(long nowMs) => _scanIndex >= 0 || _first <= NowUnit(nowMs);

    /// <summary>
    /// Looks at the next pages of the table, at most <paramref name="pageCountMax"/>, for records whose end has come.
    /// What is shown is to be removed; else it is shown once more by each later scan.
    /// </summary>
    /// <param name="records">Room for <see cref="PagedTable.EntryCountMaxPerPage"/> records for the first page.</param>
    /// <param name="pageCountMax">Pages.</param>
    /// <param name="nowMs">The time.</param>
    /// <returns>Number of records.</returns>
    public int TakeEnded(Span<uint> records, int pageCountMax, long nowMs)
    {
        if (!IsDue(nowMs))
        {
            return 0;
        }

        if (_scanIndex < 0)
        {
            (_scanIndex, _firstOfScan) = (0, uint.MaxValue);
        }

        int count = 0;
        uint now = NowUnit(nowMs);
        for (; _scanIndex < _ends.PageCount && records.Length - count >= PagedTable.EntryCountMaxPerPage; _scanIndex++)
        {
            if (!_ends.TryGetPage(_scanIndex, out ReadOnlySpan<ulong> entries))
            {
                continue;
            }

            if (pageCountMax-- == 0)
            {
                return count;
            }

            count += TakeEnded(entries, records[count..], now);
        }

        if (_scanIndex == _ends.PageCount)
        {
            (_scanIndex, _first) = (-1, _firstOfScan);
        }

        return count;
    }

    private int TakeEnded(ReadOnlySpan<ulong> entries, Span<uint> records, uint now)
    {
        int count = 0;
        foreach (ulong entry in entries)
        {
            uint end = (uint)entry;
            if (end == 0 || end > now)
            {
                _firstOfScan = end == 0 ? _firstOfScan : Math.Min(_firstOfScan, end);
            }
            else
            {
                records[count++] = Unmix((uint)(entry >> 32));
            }
        }

        return count;
    }

    // A scan that runs may have passed the record.
    private void Note(uint end)
    {
        _first = Math.Min(_first, end);
        _firstOfScan = Math.Min(_firstOfScan, end);
    }

    private static uint NowUnit(long nowMs) => (uint)Math.Clamp(nowMs >> UnitShift, 0, uint.MaxValue - 2);

    private static uint Mix(uint record)
    {
        record ^= record >> 16;
        record *= Factor;
        return record ^ record >> 16;
    }

    private static uint Unmix(uint tag)
    {
        tag ^= tag >> 16;
        tag *= FactorInverse;
        return tag ^ tag >> 16;
    }
}
