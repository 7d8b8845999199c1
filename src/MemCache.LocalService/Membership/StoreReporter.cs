using System.Runtime.InteropServices;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// What a store's counters have grown by since they were last sent. What was sent counts as told even if no reply
/// came: a report that arrived twice would count twice, one that is lost is a heartbeat's worth. Belongs to the
/// membership thread.
/// </summary>
internal sealed class StoreReporter(StoreCounters counters)
{
    private readonly long[] _sums = new long[ReportLayout.SlotCount];
    private readonly long[] _told = new long[ReportLayout.SlotCount];
    private readonly List<ReportEntry> _entries = [];

    /// <summary>What is new, taken as told; none if nothing happened.</summary>
    public ReadOnlySpan<ReportEntry> Take()
    {
        counters.Sum(_sums);
        _entries.Clear();
        for (int slot = 0; slot < _sums.Length; slot++)
        {
            long told = _told[slot];
            if (_sums[slot] != told)
            {
                long value = ReportLayout.IsExtreme(slot) ? _sums[slot] : _sums[slot] - told;
                _entries.Add(ReportLayout.EntryOf(slot, (ulong)value));
                _told[slot] = _sums[slot];
            }
        }

        return CollectionsMarshal.AsSpan(_entries);
    }
}
