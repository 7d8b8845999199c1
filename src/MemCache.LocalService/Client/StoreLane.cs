using System.Diagnostics;
using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// Counters that one call at a time writes: it belongs to a <see cref="CallContext"/> and outlives it, so that
/// nothing counted is lost. Single writer: the thread that has rented the context; others read.
/// </summary>
internal sealed class StoreLane
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] _values = new long[ReportLayout.SlotCount];

    public void Add(ReportCounter counter, long value) => _values[ReportLayout.SlotOf(counter)] += value;

    /// <summary>Notes objects that were read, or replicas that were written, and their bytes.</summary>
    /// <param name="objects">The counter of objects; the one of their bytes follows it.</param>
    /// <param name="path">The way they went.</param>
    /// <param name="count">How many.</param>
    /// <param name="sizeBytes">All together.</param>
    public void AddMoved(ReportCounter objects, DataPath path, int count, long sizeBytes)
    {
        _values[ReportLayout.SlotOf(objects, (int)path)] += count;
        _values[ReportLayout.SlotOf(objects + 1, (int)path)] += sizeBytes;
    }

    /// <summary>Notes a call that has ended.</summary>
    public void AddCall(ClientCall call, long ticks, bool hasFailed, bool isTimeout)
    {
        _values[ReportLayout.SlotOf(call, LatencyBuckets.IndexOf(ticks))]++;
        _values[ReportLayout.SlotOf(ReportCounter.CallNanoseconds, (int)call)] += (long)(ticks * NanosecondsPerTick);
        if (hasFailed)
        {
            _values[ReportLayout.SlotOf(ReportCounter.CallFailures, (int)call)]++;
            _values[ReportLayout.SlotOf(ReportCounter.Timeouts)] += isTimeout ? 1 : 0;
        }
    }

    /// <summary>Notes that a phase begins.</summary>
    /// <returns>Its timestamp, for <see cref="End"/>.</returns>
    public long Begin(ClientPhase phase)
    {
        _values[ReportLayout.SlotOf(ReportCounter.PhasesBegun, (int)phase)]++;
        return Stopwatch.GetTimestamp();
    }

    /// <summary>Notes that it has ended.</summary>
    public void End(ClientPhase phase, long begun, bool isGood)
    {
        int index = (int)phase;
        long nanoseconds = Math.Max((long)((Stopwatch.GetTimestamp() - begun) * NanosecondsPerTick), 1);
        _values[ReportLayout.SlotOf(isGood ? ReportCounter.PhasesGood : ReportCounter.PhasesFailed, index)]++;
        _values[ReportLayout.SlotOf(ReportCounter.PhaseNanoseconds, index)] += nanoseconds;
        Keep(ReportLayout.SlotOf(ReportCounter.PhaseNanosecondsMin, index), nanoseconds);
        Keep(ReportLayout.SlotOf(ReportCounter.PhaseNanosecondsMax, index), nanoseconds);
        StoreEvents.Log.Phase(phase, nanoseconds, isGood);
    }

    /// <summary>
    /// Brings these counters into <paramref name="sums"/>; shape [<see cref="ReportLayout.SlotCount"/>].
    /// </summary>
    public void MergeInto(Span<long> sums)
    {
        for (int slot = 0; slot < _values.Length; slot++)
        {
            long value = Volatile.Read(ref _values[slot]);
            if (value != 0)
            {
                sums[slot] = ReportLayout.Merge(slot, sums[slot], value);
            }
        }
    }

    private void Keep(int slot, long nanoseconds) =>
        _values[slot] = ReportLayout.Merge(slot, _values[slot], nanoseconds);
}
