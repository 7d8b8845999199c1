using System.Globalization;
using System.Reflection;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>The calls behind the page: state, history, events.</summary>
internal sealed class DashboardEndpoints
{
    private static readonly string Version =
        typeof(DashboardEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";

    private readonly MetaServiceOptions _options;
    private readonly MetaServer _server;
    private readonly TimeProvider _time;

    private DashboardEndpoints(MetaServiceOptions options, MetaServer server, TimeProvider time)
    {
        _options = options;
        _server = server;
        _time = time;
    }

    /// <summary>Adds the page and its calls to an application.</summary>
    public static void Map(WebApplication application, MetaServiceOptions options, MetaServer server, TimeProvider time)
    {
        var calls = new DashboardEndpoints(options, server, time);
        DashboardPage.Map(application);
        application.MapGet("/api/v1/overview", calls.OverviewAsync);
        application.MapGet("/api/v1/history", calls.HistoryAsync);
        application.MapGet("/api/v1/events", calls.EventsAsync);
    }

    private Task OverviewAsync(HttpContext context)
    {
        MetaEngineStats stats = _server.ReadStats();
        var reply = new OverviewReply(
            Success: true, NowMs, Version.Split('+')[0], _server.InstanceText, "leader", _options.MetaServiceUrl,
            _server.Sessions.Epoch, _server.Clock.UptimeMs, ReadOnly: false, stats.ObjectCount,
            _server.Sessions.SessionCount, _server.ConnectionCount, stats.ReservationCount, stats.OrphanCount,
            stats.KeyLeaseCount, _server.Events.LastId,
            [.. stats.Media.Select(medium => new OverviewMedium(
                NameOf(medium.Medium), medium.CapacityBytes, medium.UsedBytes, medium.IsEvicting))],
            Segments(stats),
            _server.Drains.List());
        return AnswerAsync(context, Results.Json(reply, DashboardJson.Default.OverviewReply));
    }

    private OverviewSegment[] Segments(MetaEngineStats stats)
    {
        Dictionary<SegmentId, MountedSegment> mounted = _server.Sessions.ReadRegistry().ToDictionary(entry => entry.Segment);
        return [.. stats.Segments
            .Where(segment => segment.IsAlive)
            .OrderBy(segment => segment.Rank.Value).ThenBy(segment => segment.Medium)
            .Select(segment => Describe(segment, mounted.GetValueOrDefault(segment.Segment)))];
    }

    private OverviewSegment Describe(in SegmentStats segment, MountedSegment? mounted)
    {
        string state = segment.IsRestoring ? "restoring"
            : !segment.IsDraining ? "ok"
            : _server.TryReadDrain(segment.Rank, segment.Medium, out DrainProgress progress) && progress.RemainingCount > 0
                ? "draining"
                : "drained";
        string host = mounted is null ? "" : HostNumber.Of(mounted.HostId).ToString("x16", CultureInfo.InvariantCulture)[..8];
        string address = mounted is null ? "" : System.Text.Encoding.UTF8.GetString(mounted.DataAddress);
        return new OverviewSegment(
            SegmentName.Format(segment.Rank, segment.Medium), segment.Rank.Value, NameOf(segment.Medium), host, address, state,
            segment.CapacityBytes, segment.UsedBytes, segment.LargestFreeBytes, segment.FreeExtentCount,
            segment.SlotUsedCount);
    }

    private async Task HistoryAsync(HttpContext context)
    {
        string name = context.Request.Query["range"] is [{ } given] ? given : "5m";
        HistoryRange? range = name switch
        {
            "5m" => HistoryRange.Minutes,
            "1h" => HistoryRange.Hour,
            "24h" => HistoryRange.Day,
            _ => null,
        };
        if (range is null || !TryReadNumber(context, "after", out long afterMs))
        {
            await RefuseAsync(context, "'range' is 5m, 1h or 24h, 'after' a time in Unix milliseconds").ConfigureAwait(false);
            return;
        }

        HistoryPoint[] points = _server.History.After(range.Value, afterMs);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        HistoryJson.Write(context.Response.BodyWriter, name, _server.History.StepOf(range.Value), NowMs, points);
        _ = await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private Task EventsAsync(HttpContext context)
    {
        if (!TryReadNumber(context, "after", out long id))
        {
            return RefuseAsync(context, "'after' is the number of an event");
        }

        ServerEvent[] events = _server.Events.After(id);
        var reply = new EventsReply(
            Success: true, _server.InstanceText, events.Length > 0 ? events[^1].Id : _server.Events.LastId, events);
        return AnswerAsync(context, Results.Json(reply, DashboardJson.Default.EventsReply));
    }

    private static bool TryReadNumber(HttpContext context, string name, out long number)
    {
        number = 0;
        return context.Request.Query[name] is not { Count: > 0 } values
            || values is [{ Length: <= 20 } text]
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task AnswerAsync(HttpContext context, IResult result)
    {
        context.Response.Headers.CacheControl = "no-store";
        return result.ExecuteAsync(context);
    }

    private Task RefuseAsync(HttpContext context, string error) => AnswerAsync(
        context, Results.Json(new RestError(Success: false, error, NowMs), RestJson.Default.RestError));

    private static string NameOf(Medium medium) => medium switch
    {
        Medium.Hbm => "hbm",
        Medium.Dram => "dram",
        _ => "ssd",
    };
}
