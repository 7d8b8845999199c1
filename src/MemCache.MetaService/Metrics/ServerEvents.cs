using System.Diagnostics;
using System.Diagnostics.Tracing;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// An event for every request, for tools such as dotnet-trace, from the source <c>MemCache-MetaService</c>. While
/// nobody listens it costs one load and a branch.
/// </summary>
[EventSource(Name = "MemCache-MetaService")]
internal sealed class ServerEvents : EventSource
{
    public static readonly ServerEvents Log = new();

    private const int HandledId = 1;
    private const int FailedId = 2;

    private ServerEvents()
    {
    }

    /// <summary>A request was handled.</summary>
    [NonEvent]
    public void Note(Operation operation, MmcStatus status, int keyCount, long ticks)
    {
        if (!IsEnabled())
        {
            return;
        }

        Handled(OperationNames.Of(operation), keyCount, (int)Math.Min(ticks * 1e6 / Stopwatch.Frequency, int.MaxValue));
        if (status != MmcStatus.Ok)
        {
            Failed(OperationNames.Of(operation), (int)status);
        }
    }

    [Event(HandledId, Level = EventLevel.Informational)]
    private void Handled(string operation, int keyCount, int microseconds) =>
        WriteEvent(HandledId, operation, keyCount, microseconds);

    [Event(FailedId, Level = EventLevel.Warning)]
    private void Failed(string operation, int status) => WriteEvent(FailedId, operation, status);
}
