using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>Calls about segments, their space, and the ranks that bring them.</summary>
internal sealed class SegmentEndpoints
{
    private readonly MetaServer _server;

    private SegmentEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new SegmentEndpoints(server);
        application.MapCall(
            new HttpCall("GET", "/get_all_segments", HttpRight.Read, "Living segments, one a line: `rank-0-dram`"),
                calls.NamesAsync);
        application.MapCall(
            new HttpCall("GET", "/query_segment", HttpRight.Read, "Space of one segment")
            {
                Parameters = [HttpParameters.Segment],
                Reply = RestJson.Default.SegmentReply,
            },
            calls.SegmentAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/segments/status", HttpRight.Read,
                "Whether a segment is drained: 0 OK, 1 DRAINING, 2 DRAINED")
            {
                Parameters = [HttpParameters.Segment],
                Reply = RestJson.Default.SegmentStatusReply,
            },
            calls.StatusAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/capacity/usage", HttpRight.Metrics,
                "Space by medium: HBM is `npu`, DRAM is `cpu`")
            {
                Reply = RestJson.Default.CapacityUsageReply,
            },
            calls.UsageAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/capacity/segment_remaining", HttpRight.Metrics, "Space of every segment")
            {
                Reply = RestJson.Default.SegmentRemainingReply,
            },
            calls.RemainingAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/ranks", HttpRight.Read,
                "LocalServices: where they are, how they are, their segments")
            {
                Reply = RestJson.Default.RanksReply,
            },
            calls.RanksAsync);
    }

    private Task NamesAsync(HttpContext context) =>
        HttpAnswer.TextAsync(context, string.Concat(Living().Select(segment => NameOf(segment) + "\n")));

    private Task SegmentAsync(HttpContext context)
    {
        (RankId rank, Medium medium) = NamedBy(context);
        SegmentStats? found = Living()
            .Where(s => s.Rank == rank && s.Medium == medium).Select(s => (SegmentStats?)s).FirstOrDefault();
        return found is { } segment
            ? HttpAnswer.JsonAsync(
                context,
                new SegmentReply(
                    NameOf(segment), SegmentName.Of(medium), segment.CapacityBytes, segment.UsedBytes, Free(segment),
                    Ratio(Free(segment), segment.CapacityBytes)),
                RestJson.Default.SegmentReply)
            : throw new HttpCallException("no such segment");
    }

    private Task StatusAsync(HttpContext context)
    {
        (RankId rank, Medium medium) = NamedBy(context);
        if (!_server.TryReadDrain(rank, medium, out DrainProgress progress))
        {
            throw new HttpCallException("no such segment");
        }

        (int number, string name) = StatusOf(progress);
        return HttpAnswer.JsonAsync(
            context, new SegmentStatusReply(Success: true, SegmentName.Format(rank, medium), number, name),
            RestJson.Default.SegmentStatusReply);
    }

    private Task UsageAsync(HttpContext context)
    {
        MetaEngineStats stats = _server.ReadStats();
        var reply = new CapacityUsageReply(
            HttpAnswer.NowMs(context), DataSourceReady: true, IsDegraded(stats), Usage(stats, Medium.Hbm),
                Usage(stats, Medium.Dram));
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.CapacityUsageReply);
    }

    private Task RemainingAsync(HttpContext context)
    {
        MetaEngineStats stats = _server.ReadStats();
        var reply = new SegmentRemainingReply(
            HttpAnswer.NowMs(context), DataSourceReady: true, IsDegraded(stats),
            [
                .. Living(stats).Select(segment => new SegmentRemaining(
                    NameOf(segment), SegmentName.Of(segment.Medium), segment.CapacityBytes, segment.UsedBytes,
                        Free(segment),
                    Ratio(Free(segment), segment.CapacityBytes))),
            ]);
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.SegmentRemainingReply);
    }

    private Task RanksAsync(HttpContext context)
    {
        ILookup<RankId, SegmentStats> segments = Living().ToLookup(segment => segment.Rank);
        RankReply[] all =
        [
            .. _server.Sessions.ReadMembers()
                .OrderBy(member => member.Rank.Value).ThenBy(member => member.Session.Value)
                .Select(member => RankOf(member, member.Rank == RankId.None ? [] : segments[member.Rank])),
        ];
        var reply = new RanksReply(
            Success: true, HttpAnswer.NowMs(context), [.. all.Where(rank => rank.Rank >= 0)],
                [.. all.Where(rank => rank.Rank < 0)]);
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.RanksReply);
    }

    private RankReply RankOf(Member member, IEnumerable<SegmentStats> segments)
    {
        RankSegment[] own = [.. segments.Select(SegmentOf)];
        // Half of what costs the membership: several heartbeats in a row are missing.
        bool isSilent = member.HeardMs > _server.Options.SilenceMs / 2;
        string state = isSilent ? "silent" : Array.Find(own, segment => segment.State != "ok")?.State ?? "ok";
        return new RankReply(
            RankNumber.Of(member.Rank), state, member.Session.Value, member.Host, member.ProcessId, member.Version,
                member.DataAddress,
            member.JoinedMs, member.HeardMs, own);
    }

    private RankSegment SegmentOf(SegmentStats segment)
    {
        string state = segment.IsRestoring ? "restoring"
            : segment.IsDraining && _server.TryReadDrain(segment.Rank, segment.Medium, out DrainProgress progress)
                ? StatusOf(progress).Name.ToLowerInvariant()
                : "ok";
        long free = Free(segment);
        return new RankSegment(
            NameOf(segment), SegmentName.Of(segment.Medium), state, segment.CapacityBytes, segment.UsedBytes, free,
            Ratio(free, segment.CapacityBytes), segment.LargestFreeBytes,
            free == 0 ? 0 : Math.Clamp(1 - Ratio(segment.LargestFreeBytes, free), 0, 1), segment.FreeExtentCount,
            segment.SlotUsedCount, segment.OrphanCount);
    }

    private IEnumerable<SegmentStats> Living() => Living(_server.ReadStats());

    private static IEnumerable<SegmentStats> Living(MetaEngineStats stats) => stats.Segments
        .Where(segment => segment.IsAlive)
        .OrderBy(segment => segment.Rank.Value).ThenBy(segment => segment.Medium);

    private static (RankId Rank, Medium Medium) NamedBy(HttpContext context) =>
        SegmentName.TryParse(HttpQuery.Text(context, "segment", 64), out RankId rank, out Medium medium)
            ? (rank, medium)
            : throw new HttpCallException("'segment' is not legal: a name such as rank-0-dram");

    private static (int Number, string Name) StatusOf(in DrainProgress progress) =>
        progress.Policy == DrainPolicy.None ? (0, "OK")
        : progress.RemainingCount > 0 ? (1, "DRAINING")
        : (2, "DRAINED");

    // What is being brought back is not counted yet.
    private static bool IsDegraded(MetaEngineStats stats) => stats.RestoringCount > 0;

    private static MediumUsageReply Usage(MetaEngineStats stats, Medium medium)
    {
        MediumStats found = stats.Media.FirstOrDefault(candidate => candidate.Medium == medium);
        return new MediumUsageReply(
            found.CapacityBytes, found.UsedBytes, found.CapacityBytes - found.UsedBytes,
                Ratio(found.UsedBytes, found.CapacityBytes));
    }

    private static long Free(in SegmentStats segment) => segment.CapacityBytes - segment.UsedBytes;

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private static string NameOf(in SegmentStats segment) => SegmentName.Format(segment.Rank, segment.Medium);
}
