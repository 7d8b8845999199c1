using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>The trace points of phases, out of slots of <see cref="ReportLayout"/>.</summary>
public static class ReportTraces
{
    private const double NanosecondsPerMicrosecond = 1000;

    /// <summary>One row for each phase, in the order of <see cref="ClientPhase"/>.</summary>
    /// <param name="slots">Shape [<see cref="ReportLayout.SlotCount"/>].</param>
    /// <param name="prefix">Put before each name.</param>
    public static IReadOnlyList<TraceRow> Read(ReadOnlySpan<long> slots, string prefix)
    {
        var rows = new TraceRow[ReportLayout.PhaseCount];
        for (int phase = 0; phase < rows.Length; phase++)
        {
            rows[phase] = new TraceRow(
                prefix + ReportNames.Of((ClientPhase)phase),
                slots[ReportLayout.SlotOf(ReportCounter.PhasesBegun, phase)],
                slots[ReportLayout.SlotOf(ReportCounter.PhasesGood, phase)],
                slots[ReportLayout.SlotOf(ReportCounter.PhasesFailed, phase)],
                slots[ReportLayout.SlotOf(ReportCounter.PhaseNanosecondsMin, phase)] / NanosecondsPerMicrosecond,
                slots[ReportLayout.SlotOf(ReportCounter.PhaseNanosecondsMax, phase)] / NanosecondsPerMicrosecond,
                slots[ReportLayout.SlotOf(ReportCounter.PhaseNanoseconds, phase)] / NanosecondsPerMicrosecond);
        }

        return rows;
    }
}
