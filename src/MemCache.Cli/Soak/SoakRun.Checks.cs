using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <content>What is looked at when the churn is over, and the report.</content>
internal sealed partial class SoakRun
{
    // Connections to the MetaService and to peers that a client makes when it first needs them. Each of some fifty
    // ranks a minute that left one descriptor behind would take more.
    private const int ClientDescriptorsMore = 8;

    // HTTP connections that close after their reply.
    private const int MetaDescriptorsMore = 2;

    // On a machine whose cores are all taken a thread that is due waits for its turn.
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(3);

    private static async Task<Latencies> ReadLatenciesAsync(SoakMembers members, CancellationToken cancellation)
    {
        var latencies = new Latencies(new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        foreach (SoakProcess client in members.Clients)
        {
            await client.ReportAsync(latencies.Exist, latencies.Get, latencies.Put, cancellation).ConfigureAwait(false);
        }

        return latencies;
    }

    // Everything rests: what is taken is what is known to be there, and goes when that goes.
    private async Task CheckRestAsync(SoakMembers members, SoakChecks checks, CancellationToken cancellation)
    {
        SoakProcess client = members.Clients[0];
        foreach (string metric in (string[])
        [
            "memcache_allocations", "memcache_reservations", "memcache_orphans", "memcache_key_leases",
            "memcache_objects_removing",
        ])
        {
            await checks.ExpectMetricAsync(metric, 0, cancellation).ConfigureAwait(false);
        }

        string verified = await client.AskAsync("verify", "verified", cancellation).ConfigureAwait(false);
        Tally.Traffic.Add(RequestOutcome.Parse(verified));
        async Task<SoakSurvey> SurveyAsync() =>
            SoakSurvey.Parse(await client.AskAsync("survey", "surveyed", cancellation).ConfigureAwait(false));
        await checks.ExpectBytesAsync(SurveyAsync, cancellation).ConfigureAwait(false);
        string removed = await client.AskAsync("remove-all", "removed", cancellation).ConfigureAwait(false);
        if (removed != nameof(MmcStatus.Ok))
        {
            checks.Add($"removing everything ended with {removed}");
        }

        await checks.ExpectMetricAsync("memcache_stored_keys", 0, cancellation).ConfigureAwait(false);
        await checks.ExpectMetricAsync("memcache_allocated_bytes", 0, cancellation).ConfigureAwait(false);
    }

    // All ranks have left: a client keeps nothing of them.
    private static async Task CheckClientsAsync(
        SoakMembers members, SoakChecks checks, int[] descriptors, CancellationToken cancellation)
    {
        await checks.ExpectMetricAsync("memcache_total_capacity_bytes", 0, cancellation).ConfigureAwait(false);
        for (int i = 0; i < members.Clients.Count; i++)
        {
            int id = members.Clients[i].Id;
            string name = string.Create(CultureInfo.InvariantCulture, $"client {i}");
            await checks.ExpectAtMostAsync(
                $"mapped segments of {name}", () => SoakChecks.CountMappedSegments(id), 0, cancellation)
                .ConfigureAwait(false);
            await checks.ExpectAtMostAsync(
                $"file descriptors of {name}", () => SoakChecks.CountDescriptors(id),
                descriptors[i] + ClientDescriptorsMore, cancellation).ConfigureAwait(false);
        }
    }

    // Everybody has left: the MetaService knows nobody, and there is nothing in shared memory.
    private static async Task CheckEndAsync(
        HostNetwork network, MetaServiceProcess service, SoakChecks checks, int descriptors,
        CancellationToken cancellation)
    {
        foreach (string metric in (string[])
        [
            "memcache_sessions", "memcache_connections", "memcache_reservations", "memcache_orphans",
            "memcache_allocations", "memcache_key_leases", "memcache_allocated_bytes",
        ])
        {
            await checks.ExpectMetricAsync(metric, 0, cancellation).ConfigureAwait(false);
        }

        await checks.ExpectAtMostAsync(
            "file descriptors of the MetaService", () => SoakChecks.CountDescriptors(service.Child.Id),
            descriptors + MetaDescriptorsMore, cancellation).ConfigureAwait(false);
        foreach (Host host in network.Hosts)
        {
            checks.ExpectNoFiles(host);
        }
    }

    private SoakReport Report(HostNetwork network, SoakChecks checks, in DemoProgress end, Latencies latencies)
    {
        RequestOutcome outcome = Tally.Traffic.Read().Outcome;
        IReadOnlyList<(string Operation, MmcStatus Status, long Count)> statuses = Tally.ReadStatuses();
        long undocumented = statuses
            .Where(entry => !DocumentedStatuses.Contains(entry.Operation, entry.Status))
            .Sum(entry => entry.Count);
        double longestMs = latencies.LongestMilliseconds;
        if (longestMs > (options.CallTimeout + LateMax).TotalMilliseconds)
        {
            checks.Add(string.Create(CultureInfo.InvariantCulture, $"a call took {longestMs:0} ms"));
        }

        if (outcome.VerifiedObjects == 0)
        {
            checks.Add("no object was verified: that proves nothing");
        }

        SoakEvents events = Tally.Events;
        return new SoakReport
        {
            Version = ProgramVersion.Text,
            Mode = "soak",
            Clients = options.ClientCount,
            PoolBytes = options.SegmentBytes * options.RankCount,
            BlockBytes = options.BlockBytes,
            BatchBlocks = options.BatchCount,
            Requests = outcome.Requests,
            BlockReferences = outcome.BlockReferences,
            BlockHits = outcome.BlockHits,
            HitRatio = Math.Round(end.HitRatio, 5),
            VerifiedObjects = outcome.VerifiedObjects,
            WrongObjects = outcome.WrongObjects,
            Errors = undocumented,
            PutGigabytesPerSecond = TrafficReport.GigabytesPerSecond(outcome.PutBytes, outcome.PutTime),
            GetGigabytesPerSecond = TrafficReport.GigabytesPerSecond(outcome.GetBytes, outcome.GetTime),
            Seconds = Math.Round(end.Elapsed.TotalSeconds, 3),
            Put = DemoLatency.Of(latencies.Put),
            Get = DemoLatency.Of(latencies.Get),
            Exist = DemoLatency.Of(latencies.Exist),
            Joins = events.Joins,
            Leaves = events.Leaves,
            Kills = events.Kills,
            Restarts = events.Restarts,
            Stops = events.Stops,
            Cuts = events.Cuts,
            MetaRestarts = events.MetaRestarts,
            Ranks = options.RankCount,
            Hosts = network.Hosts.Count,
            IsIsolated = network.IsIsolated,
            Replicas = options.ReplicaCount,
            IsEncrypted = options.IsEncrypted,
            Seed = options.Seed,
            LongestCallMs = Math.Round(longestMs, 1),
            Statuses = statuses.GroupBy(entry => entry.Operation).ToDictionary(
                group => group.Key,
                group => group.ToDictionary(entry => entry.Status.ToString(), entry => entry.Count)),
            Violations = [.. checks.Violations],
        };
    }

    private sealed record Latencies(LatencyHistogram Exist, LatencyHistogram Get, LatencyHistogram Put)
    {
        public double LongestMilliseconds =>
            Math.Max(Exist.Microseconds(1), Math.Max(Get.Microseconds(1), Put.Microseconds(1))) / 1000;
    }
}
