using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>Calls that explain: latencies, and what more memory would give.</summary>
internal sealed class AnalysisEndpoints
{
    private const int MediumLengthMax = 8;
    private const string DefaultMedium = "dram";

    private readonly MetaServer _server;

    private AnalysisEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new AnalysisEndpoints(server);
        application.MapCall(
            new HttpCall("GET", "/api/v1/analysis/alloc_free_latency", HttpRight.Metrics,
                "Trace points of allocation and removal")
            {
                Reply = RestJson.Default.TraceRowsReply,
            },
            calls.AllocFreeAsync);
        application.MapCall(
            new HttpCall(
                "GET", "/api/v1/analysis/miss_ratio_curve", HttpRight.Metrics,
                "Estimated hit ratio at 0.25 to 8 times the present capacity")
            {
                Parameters = [new("medium", "hbm, dram (if absent) or ssd")],
                Reply = RestJson.Default.CurveReply,
            },
            calls.CurveAsync);
    }

    private Task AllocFreeAsync(HttpContext context) => HttpAnswer.JsonAsync(
        context,
        new TraceRowsReply(
            Success: true, HttpAnswer.NowMs(context), DataSourceReady: true,
            [.. TraceTable.AllocFree(_server).Select(Row)]),
        RestJson.Default.TraceRowsReply);

    private Task CurveAsync(HttpContext context)
    {
        Medium medium = SegmentName.MediumOf(HttpQuery.Text(context, "medium", MediumLengthMax) ?? DefaultMedium)
            ?? throw new HttpCallException("medium: expected hbm, dram or ssd");
        MissRatioCurve curve = _server.ReadMissRatioCurve(medium)
            ?? throw new HttpCallException(
                "there is no estimate: the medium has no segments, or ock.mmc.evict.policy is lru");
        var points = curve.Points.Select(point => new CurvePoint(
            point.CapacityFactor, point.CapacityBytes, point.CapacityCount, point.HitRatio, 1 - point.HitRatio));
        return HttpAnswer.JsonAsync(
            context,
            new CurveReply(
                Success: true, HttpAnswer.NowMs(context), curve.ReferenceCount >= curve.CapacityCount,
                SegmentName.Of(medium), curve.CapacityBytes, curve.CapacityCount, (long)curve.ReferenceCount,
                [.. points]),
            RestJson.Default.CurveReply);
    }

    private static TraceRowReply Row(TraceRow row) => new(
        row.Name, row.Begin, row.GoodEnd, row.BadEnd, row.OnFly, row.MinMicroseconds, row.MaxMicroseconds,
        row.AverageMicroseconds, row.TotalMicroseconds);
}
