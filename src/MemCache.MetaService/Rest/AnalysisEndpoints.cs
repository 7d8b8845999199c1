namespace MemCache.MetaService;

/// <summary>Calls that explain: latencies, and what more memory would give.</summary>
internal sealed class AnalysisEndpoints
{
    private readonly MetaServer _server;

    private AnalysisEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new AnalysisEndpoints(server);
        application.MapCall(
            new HttpCall("GET", "/api/v1/analysis/alloc_free_latency", HttpRight.Metrics, "Trace points of allocation and removal")
            {
                Reply = typeof(TraceRowsReply),
            },
            calls.AllocFreeAsync);
        application.MapCall(
            new HttpCall(
                "GET", "/api/v1/analysis/miss_ratio_curve", HttpRight.Metrics,
                "Estimated hit ratio at 0.25 to 8 times the present capacity")
            {
                Reply = typeof(CurveReply),
            },
            calls.CurveAsync);
    }

    private Task AllocFreeAsync(HttpContext context) => HttpAnswer.JsonAsync(
        context, new TraceRowsReply(Success: true, HttpAnswer.NowMs(context), DataSourceReady: false, []),
        RestJson.Default.TraceRowsReply);

    private Task CurveAsync(HttpContext context)
    {
        long capacity = _server.ReadStats().Media.Sum(medium => medium.CapacityBytes);
        return HttpAnswer.JsonAsync(
            context, new CurveReply(Success: true, HttpAnswer.NowMs(context), DataSourceReady: false, capacity, 0, []),
            RestJson.Default.CurveReply);
    }
}
