using System.Globalization;
using System.Reflection;
using System.Text;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>The calls behind the page: state, history, events.</summary>
internal sealed class DashboardEndpoints
{
    // A number of 64 bits.
    private const int NumberLengthMax = 20;

    private static readonly string Version =
        typeof(DashboardEndpoints).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    private readonly MetaServer _server;

    private DashboardEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new DashboardEndpoints(server);
        application.MapCall(
            new HttpCall(
                "GET", "/api/v1/overview", HttpRight.Read,
                "State of the pool in one answer: leader, media, segments, drain jobs")
            {
                Reply = RestJson.Default.OverviewReply,
            },
            calls.OverviewAsync);
        application.MapCall(
            new HttpCall(
                "GET", "/api/v1/history", HttpRight.Metrics, "Figures of the last 5 minutes, hour or day, as columns")
            {
                Parameters =
                [
                    new("range", "5m (default, a point a second), 1h (10 s) or 24h (a minute)"),
                    new("after", "only points later than this, Unix milliseconds", IsNumber: true),
                ],
                Reply = RestJson.Default.HistoryReply,
            },
            calls.HistoryAsync);
        application.MapCall(
            new HttpCall(
                "GET", "/api/v1/events", HttpRight.Read,
                $"The last {EventRing.CountMax} events: joins, leaves, losses, drains, eviction, reloads")
            {
                Parameters = [new("after", "only events with a greater id", IsNumber: true)],
                Reply = RestJson.Default.EventsReply,
            },
            calls.EventsAsync);
    }

    private Task OverviewAsync(HttpContext context)
    {
        MetaEngineStats stats = _server.ReadStats();
        var reply = new OverviewReply(
            Success: true, HttpAnswer.NowMs(context), Version, _server.InstanceText, "leader",
            _server.Options.MetaServiceUrl, _server.Sessions.Epoch,
            _server.Clock.UptimeMs, _server.Options.HttpReadOnly, stats.ObjectCount,
            _server.Sessions.SessionCount, _server.ConnectionCount, stats.ReservationCount, stats.OrphanCount,
            stats.KeyLeaseCount, _server.Events.LastId,
            [.. stats.Media.Select(medium => new OverviewMedium(
                NameOf(medium.Medium), medium.CapacityBytes, medium.UsedBytes, medium.IsEvicting))],
            Segments(stats),
            _server.Drains.List());
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.OverviewReply);
    }

    private OverviewSegment[] Segments(MetaEngineStats stats)
    {
        Dictionary<SegmentId, MountedSegment> mounted =
            _server.Sessions.ReadRegistry().ToDictionary(entry => entry.Segment);
        return [.. stats.Segments
            .Where(segment => segment.IsAlive)
            .OrderBy(segment => segment.Rank.Value).ThenBy(segment => segment.Medium)
            .Select(segment => Describe(segment, mounted.GetValueOrDefault(segment.Segment)))];
    }

    private OverviewSegment Describe(in SegmentStats segment, MountedSegment? mounted)
    {
        string state = segment.IsRestoring ? "restoring"
            : !segment.IsDraining ? "ok"
            : _server.TryReadDrain(segment.Rank, segment.Medium, out DrainProgress progress)
                && progress.RemainingCount > 0
                ? "draining"
                : "drained";
        string host = mounted is null
            ? "" : HostNumber.Of(mounted.HostId).ToString("x16", CultureInfo.InvariantCulture)[..8];
        string address = mounted is null ? "" : Encoding.UTF8.GetString(mounted.DataAddress);
        return new OverviewSegment(
            SegmentName.Format(segment.Rank, segment.Medium), segment.Rank.Value, NameOf(segment.Medium), host, address,
            state, segment.CapacityBytes, segment.UsedBytes, segment.LargestFreeBytes, segment.FreeExtentCount,
            segment.SlotUsedCount);
    }

    private Task HistoryAsync(HttpContext context)
    {
        string name = HttpQuery.Text(context, "range", 8) is { Length: > 0 } given ? given : "5m";
        HistoryRange range = name switch
        {
            "5m" => HistoryRange.Minutes,
            "1h" => HistoryRange.Hour,
            "24h" => HistoryRange.Day,
            _ => throw new HttpCallException("'range' is not legal; legal is 5m, 1h, 24h"),
        };
        HistoryPoint[] points = _server.History.After(range, ReadNumber(context, "after"));
        var reply = HistoryReply.Of(name, _server.History.StepOf(range), HttpAnswer.NowMs(context), points);
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.HistoryReply);
    }

    private Task EventsAsync(HttpContext context)
    {
        ServerEvent[] events = _server.Events.After(ReadNumber(context, "after"));
        var reply = new EventsReply(
            Success: true, _server.InstanceText, events.Length > 0 ? events[^1].Id : _server.Events.LastId, events);
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.EventsReply);
    }

    private static long ReadNumber(HttpContext context, string name)
    {
        if (HttpQuery.Text(context, name, NumberLengthMax) is not { Length: > 0 } text)
        {
            return 0;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new HttpCallException($"'{name}' is not legal: a whole number from 0 on");
    }

    private static string NameOf(Medium medium) => medium switch
    {
        Medium.Hbm => "hbm",
        Medium.Dram => "dram",
        _ => "ssd",
    };
}
