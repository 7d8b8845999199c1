using System.Diagnostics.Tracing;
using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// Events of calls and their phases for tools such as dotnet-trace, from the source <c>MemCache-LocalService</c>.
/// While nobody listens an event costs one load and a branch.
/// </summary>
[EventSource(Name = "MemCache-LocalService")]
internal sealed class StoreEvents : EventSource
{
    public static readonly StoreEvents Log = new();

    private const int CallStartId = 1;
    private const int CallStopId = 2;
    private const int PhaseEndedId = 3;

    private StoreEvents()
    {
    }

    /// <summary>A call begins.</summary>
    [NonEvent]
    public void Begin(ClientCall call)
    {
        if (IsEnabled() && call != ClientCall.Untimed)
        {
            CallStart(ReportNames.Of(call));
        }
    }

    /// <summary>A call has ended.</summary>
    [NonEvent]
    public void End(ClientCall call, MmcStatus status, long microseconds)
    {
        if (IsEnabled() && call != ClientCall.Untimed)
        {
            CallStop(ReportNames.Of(call), (int)status, (int)Math.Min(microseconds, int.MaxValue));
        }
    }

    /// <summary>A phase has ended.</summary>
    [NonEvent]
    public void Phase(ClientPhase phase, long nanoseconds, bool isGood)
    {
        if (IsEnabled(EventLevel.Verbose, EventKeywords.None))
        {
            PhaseEnded(ReportNames.Of(phase), isGood ? 1 : 0, (int)Math.Min(nanoseconds / 1000, int.MaxValue));
        }
    }

    [Event(CallStartId, Level = EventLevel.Informational)]
    private void CallStart(string call) => WriteEvent(CallStartId, call);

    [Event(CallStopId, Level = EventLevel.Informational)]
    private void CallStop(string call, int status, int microseconds) =>
        WriteEvent(CallStopId, call, status, microseconds);

    [Event(PhaseEndedId, Level = EventLevel.Verbose)]
    private void PhaseEnded(string phase, int isGood, int microseconds) =>
        WriteEvent(PhaseEndedId, phase, isGood, microseconds);
}
