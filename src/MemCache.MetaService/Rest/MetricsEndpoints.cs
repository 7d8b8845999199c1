namespace MemCache.MetaService;

/// <summary>Figures for machines and for the log.</summary>
internal static class MetricsEndpoints
{
    private const string PrometheusType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        application.MapCall(
            new HttpCall("GET", "/metrics", HttpRight.Metrics, "Figures for Prometheus, in its text format"),
            context => HttpAnswer.TextAsync(context, MetricsPage.Format(server), PrometheusType));
        application.MapCall(
            new HttpCall("GET", "/metrics/summary", HttpRight.Metrics,
                "The state of the pool in one line of `key=value`"),
            context => HttpAnswer.TextAsync(context, SummaryLine.Format(server) + "\n"));
        application.MapCall(
            new HttpCall(
                "GET", "/metrics/ptracer", HttpRight.Metrics,
                "Trace points: begin, good_end, bad_end, on_fly, min, max, avg and total in microseconds, as a table"),
            context => HttpAnswer.TextAsync(context, TraceTable.Format(server)));
    }
}
