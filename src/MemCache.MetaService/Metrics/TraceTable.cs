using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>
/// What <c>GET /metrics/ptracer</c> shows: the MetaService's operations, then the phases that LocalServices have
/// reported.
/// </summary>
internal static class TraceTable
{
    private static readonly Operation[] AllocFreeOperations =
        [Operation.Alloc, Operation.BatchAlloc, Operation.Remove, Operation.BatchRemove];

    /// <summary>The table as text.</summary>
    public static string Format(MetaServer server) => TraceText.Format(Rows(server));

    /// <summary>All rows.</summary>
    public static IReadOnlyList<TraceRow> Rows(MetaServer server)
    {
        RequestLane requests = server.Requests.Sum();
        IEnumerable<TraceRow> operations = OperationNames.All.Select(requests.Trace);
        return [.. operations, .. ReportTraces.Read(server.Reports.ReadPool(), "client_")];
    }

    /// <summary>The rows of what takes space and gives it back.</summary>
    public static IReadOnlyList<TraceRow> AllocFree(MetaServer server)
    {
        RequestLane requests = server.Requests.Sum();
        return [.. AllocFreeOperations.Select(requests.Trace)];
    }
}
