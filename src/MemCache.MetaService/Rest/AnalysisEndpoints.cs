using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>Calls that explain: latencies, and what more memory would give.</summary>
internal sealed class AnalysisEndpoints
{
    private const int CurveMs = 1000;

    private readonly MetaServer _server;
    private readonly Lock _lock = new();
    private readonly (MissRatioCurve? Curve, long ReadMs)[] _curves =
        new (MissRatioCurve? Curve, long ReadMs)[Enum.GetValues<Medium>().Length];

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
                Parameters = [new("medium", "`dram` (default), `hbm` or `ssd`")],
                Reply = RestJson.Default.CurveReply,
            },
            calls.CurveAsync);
    }

    private Task AllocFreeAsync(HttpContext context)
    {
        TraceRowReply[] rows =
        [
            .. TraceTable.AllocFree(_server).Select(row => new TraceRowReply(
                row.Name, row.Begin, row.GoodEnd, row.BadEnd, row.OnFly, row.MinMicroseconds, row.MaxMicroseconds,
                row.AverageMicroseconds, row.TotalMicroseconds)),
        ];
        return HttpAnswer.JsonAsync(
            context, new TraceRowsReply(Success: true, HttpAnswer.NowMs(context), DataSourceReady: true, rows),
            RestJson.Default.TraceRowsReply);
    }

    private Task CurveAsync(HttpContext context)
    {
        string name = HttpQuery.Text(context, "medium", 8) ?? SegmentName.Of(Medium.Dram);
        Medium medium = Enum.GetValues<Medium>().Where(m => SegmentName.Of(m) == name).Select(m => (Medium?)m)
            .FirstOrDefault() ?? throw new HttpCallException("'medium' is not legal; legal is hbm, dram, ssd");
        if (_server.Options.EvictPolicy != "reuse")
        {
            throw new HttpCallException(
                $"there is no estimate with 'ock.mmc.evict.policy' = '{_server.Options.EvictPolicy}'; it needs reuse");
        }

        CurveReply reply = ReplyOf(Read(medium), name, HttpAnswer.NowMs(context));
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.CurveReply);
    }

    // Reading it takes a while, and it changes slowly.
    private MissRatioCurve? Read(Medium medium)
    {
        lock (_lock)
        {
            long nowMs = _server.Clock.NowMs;
            ref (MissRatioCurve? Curve, long ReadMs) kept = ref _curves[(int)medium];
            if (kept.Curve is null || nowMs - kept.ReadMs >= CurveMs)
            {
                kept = (_server.ReadMissRatioCurve(medium), nowMs);
            }

            return kept.Curve;
        }
    }

    // Without segments of the medium there is nothing to estimate for.
    private static CurveReply ReplyOf(MissRatioCurve? curve, string medium, long timestamp) => curve is null
        ? new CurveReply(Success: true, timestamp, DataSourceReady: false, medium, 0, 0, 0, [])
        : new CurveReply(
            Success: true, timestamp, DataSourceReady: curve.ReferenceCount > 0, medium, curve.CapacityBytes,
            curve.CapacityCount, curve.ReferenceCount,
            [
                .. curve.Points.Select(point => new CurvePoint(
                    point.CapacityFactor, point.CapacityBytes, point.CapacityCount, point.HitRatio, 1 - point.HitRatio)),
            ]);
}
