using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>
/// What LocalServices have reported, summed for the pool and, in its plain counters, for each rank. Nothing is ever
/// taken back: a rank that leaves keeps its sums, and the next process with that number adds to them. Thread-safe.
/// </summary>
internal sealed class ClientReports
{
    private readonly Lock _lock = new();
    private readonly long[] _pool = new long[ReportLayout.SlotCount]; // guarded by _lock

    // Guarded by _lock. The last: of clients without a rank.
    private readonly long[]?[] _ranks = new long[]?[Limits.RankCountMax + 1];

    private long _reportCount;

    /// <summary>Reports taken.</summary>
    public long ReportCount => Volatile.Read(ref _reportCount);

    /// <summary>Adds what one session has reported. What this version does not know is left out.</summary>
    public void Add(RankId rank, ReadOnlySpan<ReportEntry> entries)
    {
        lock (_lock)
        {
            _reportCount++;
            long[] ranked = _ranks[IndexOf(rank)] ??= new long[ReportLayout.PlainSlotCount];
            foreach (ref readonly ReportEntry entry in entries)
            {
                // A growth beyond what counts are made of is nonsense: it must not use the counter up.
                if (entry.Value > long.MaxValue / 2 || !ReportLayout.TryFind(entry, out int slot))
                {
                    continue;
                }

                _pool[slot] = ReportLayout.Merge(slot, _pool[slot], (long)entry.Value);
                if (slot < ranked.Length)
                {
                    ranked[slot] = ReportLayout.Merge(slot, ranked[slot], (long)entry.Value);
                }
            }
        }
    }

    /// <summary>The pool's sums; shape [<see cref="ReportLayout.SlotCount"/>].</summary>
    public long[] ReadPool()
    {
        lock (_lock)
        {
            return [.. _pool];
        }
    }

    /// <summary>
    /// The ranks that ever reported, by name, <c>none</c> for clients without memory, with their sums; shape
    /// [<see cref="ReportLayout.PlainSlotCount"/>].
    /// </summary>
    public IReadOnlyList<(string Rank, long[] Sums)> ReadRanks()
    {
        var ranks = new List<(string, long[])>();
        lock (_lock)
        {
            for (int i = 0; i < _ranks.Length; i++)
            {
                if (_ranks[i] is { } sums)
                {
                    ranks.Add((i < Limits.RankCountMax ? RankNames.Of(i) : "none", [.. sums]));
                }
            }
        }

        return ranks;
    }

    private static int IndexOf(RankId rank) => rank.Value < Limits.RankCountMax ? rank.Value : Limits.RankCountMax;
}
