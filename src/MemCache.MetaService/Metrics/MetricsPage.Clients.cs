using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>
/// What LocalServices report. Sums of the pool never go back; a rank's go on when another process takes its number.
/// </content>
internal static partial class MetricsPage
{
    private static readonly (ReportCounter Counter, string Name, string Help)[] PlainCounters =
    [
        (ReportCounter.GetMisses, "get_misses", "Keys of gets that were not there."),
        (ReportCounter.PutDuplicates, "put_duplicates", "Puts of keys that were there already."),
        (ReportCounter.FailOvers, "fail_overs", "Reads that went on with another replica after one had failed."),
        (ReportCounter.LookupsRepeated, "lookups_repeated",
        "Objects looked up anew: no replica of them could be read."),
        (ReportCounter.BlobsChanged, "blobs_changed", "Reads that came too late: the space held other bytes. Misses."),
        (ReportCounter.ChecksumMismatches, "checksum_mismatches", "Reads whose bytes did not have their checksum."),
        (ReportCounter.Timeouts, "timeouts", "Calls that ended because their time was over."),
        (ReportCounter.Retries, "retries", "Waits of calls for a MetaService that was not connected."),
        (ReportCounter.CallsNotConnected, "not_connected", "Calls that failed because no MetaService was connected."),
        (ReportCounter.Sessions, "joins", "Times that clients joined."),
    ];

    // Of each rank only what shows a bad one: a pool may have a thousand.
    private static readonly ReportCounter[] RankCounters =
    [
        ReportCounter.GetMisses, ReportCounter.FailOvers, ReportCounter.BlobsChanged, ReportCounter.ChecksumMismatches,
        ReportCounter.Timeouts,
    ];

    private static void WriteClients(PrometheusText text, ClientReports reports)
    {
        text.Section("Clients, as LocalServices report");
        long[] pool = reports.ReadPool();
        text.Single("memcache_client_reports_total", "counter", "Reports of LocalServices.", reports.ReportCount);
        WritePaths(
            text, pool, "memcache_client_get_objects_total", "Objects read and verified.", ReportCounter.GetObjects);
        WritePaths(
            text, pool, "memcache_client_get_bytes_total", "Bytes read, by the way they came.", ReportCounter.GetBytes);
        WritePaths(text, pool, "memcache_client_put_replicas_total", "Replicas written.", ReportCounter.PutReplicas);
        WritePaths(
            text, pool, "memcache_client_put_bytes_total", "Bytes written, all replicas.", ReportCounter.PutBytes);
        foreach ((ReportCounter counter, string name, string help) in PlainCounters)
        {
            text.Single($"memcache_client_{name}_total", "counter", help, pool[ReportLayout.SlotOf(counter)]);
        }

        WriteCalls(text, pool);
        WritePhases(text, pool);
        WriteRankSums(text, reports);
    }

    private static void WritePaths(PrometheusText text, long[] pool, string name, string help, ReportCounter counter)
    {
        text.Begin(name, "counter", "path", help);
        for (int path = 0; path < ReportLayout.PathCount; path++)
        {
            text.Value(PathLabel(path), pool[ReportLayout.SlotOf(counter, path)]);
        }
    }

    private static void WriteCalls(PrometheusText text, long[] pool)
    {
        text.Begin(
            "memcache_client_call_failures_total", "counter", "call",
            "Calls that failed as a whole. An absent or existing key is no failure.");
        for (int call = 0; call < ReportLayout.CallCount; call++)
        {
            text.Value(CallLabel(call), pool[ReportLayout.SlotOf(ReportCounter.CallFailures, call)]);
        }

        text.Begin(
            "memcache_client_call_duration_seconds", "histogram", "call", "Duration of calls, as the clients see it.");
        for (int call = 0; call < ReportLayout.CallCount; call++)
        {
            ReadOnlySpan<long> buckets = pool.AsSpan(ReportLayout.SlotOf((ClientCall)call, 0), LatencyBuckets.Count);
            if (buckets.ContainsAnyExcept(0))
            {
                text.Histogram(
                    CallLabel(call), buckets, pool[ReportLayout.SlotOf(ReportCounter.CallNanoseconds, call)] / 1e9);
            }
        }
    }

    private static void WritePhases(PrometheusText text, long[] pool)
    {
        text.Begin(
            "memcache_client_phases_total", "counter", "phase,result", "Phases of gets and puts that have ended.");
        for (int phase = 0; phase < ReportLayout.PhaseCount; phase++)
        {
            string label = PhaseLabel(phase);
            text.Value(label + ",result=\"good\"", pool[ReportLayout.SlotOf(ReportCounter.PhasesGood, phase)]);
            text.Value(label + ",result=\"bad\"", pool[ReportLayout.SlotOf(ReportCounter.PhasesFailed, phase)]);
        }

        text.Begin("memcache_client_phase_seconds_total", "counter", "phase", "Time spent in phases of gets and puts.");
        for (int phase = 0; phase < ReportLayout.PhaseCount; phase++)
        {
            text.Value(PhaseLabel(phase), pool[ReportLayout.SlotOf(ReportCounter.PhaseNanoseconds, phase)] / 1e9);
        }
    }

    private static void WriteRankSums(PrometheusText text, ClientReports reports)
    {
        IReadOnlyList<(string Rank, long[] Sums)> ranks = reports.ReadRanks();
        WriteRankPaths(
            text, ranks, "memcache_rank_get_bytes_total",
            "Bytes that a rank's process read; rank none: clients without memory.",
            ReportCounter.GetBytes);
        WriteRankPaths(
            text, ranks, "memcache_rank_put_bytes_total", "Bytes that a rank's process wrote.", ReportCounter.PutBytes);
        var plain = PlainCounters.Where(plain => RankCounters.Contains(plain.Counter));
        foreach ((ReportCounter counter, string name, string help) in plain)
        {
            text.Begin($"memcache_rank_{name}_total", "counter", "rank", "By the reader's rank: " + help);
            foreach ((string rank, long[] sums) in ranks)
            {
                text.Value($"rank=\"{rank}\"", sums[ReportLayout.SlotOf(counter)]);
            }
        }

        text.Begin(
            "memcache_rank_call_failures_total", "counter", "rank",
            "Calls of a rank's process that failed as a whole.");
        foreach ((string rank, long[] sums) in ranks)
        {
            int first = ReportLayout.SlotOf(ReportCounter.CallFailures);
            text.Value($"rank=\"{rank}\"", sums.Skip(first).Take(ReportLayout.CallCount).Sum(value => (double)value));
        }
    }

    private static void WriteRankPaths(
        PrometheusText text, IReadOnlyList<(string Rank, long[] Sums)> ranks, string name, string help,
        ReportCounter counter)
    {
        text.Begin(name, "counter", "rank,path", help);
        foreach ((string rank, long[] sums) in ranks)
        {
            for (int path = 0; path < ReportLayout.PathCount; path++)
            {
                text.Value($"rank=\"{rank}\",{PathLabel(path)}", sums[ReportLayout.SlotOf(counter, path)]);
            }
        }
    }

    private static string PathLabel(int path) => $"path=\"{ReportNames.Of((DataPath)path)}\"";

    private static string CallLabel(int call) => $"call=\"{ReportNames.Of((ClientCall)call)}\"";

    private static string PhaseLabel(int phase) => $"phase=\"{ReportNames.Of((ClientPhase)phase)}\"";
}
