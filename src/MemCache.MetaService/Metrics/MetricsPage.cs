using System.Globalization;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>What <c>GET /metrics</c> shows. The names that existing dashboards use, then what an operator needs beyond.</summary>
internal static class MetricsPage
{
    // Operations whose counters have names of their own; the rest are labels of memcache_requests_total.
    private static readonly (Operation Operation, string Name)[] Named =
    [
        (Operation.Alloc, "alloc"), (Operation.BatchAlloc, "batch_alloc"), (Operation.Get, "get"),
        (Operation.BatchGet, "batch_get"), (Operation.Remove, "remove"), (Operation.BatchRemove, "batch_remove"),
        (Operation.RemoveAll, "remove_all"), (Operation.UpdateState, "update_state"),
        (Operation.BatchUpdateState, "batch_update_state"), (Operation.Query, "query"),
        (Operation.BatchQuery, "batch_query"), (Operation.GetAllKeys, "get_all_keys"), (Operation.ExistKey, "exist_key"),
        (Operation.BatchExistKey, "batch_exist_key"), (Operation.Mount, "mount"), (Operation.Unmount, "unmount"),
    ];

    private static readonly (Operation Operation, string Name)[] Own =
    [
        (Operation.AddLease, "add_lease"), (Operation.BatchAddLease, "batch_add_lease"),
        (Operation.RemoveLease, "remove_lease"), (Operation.BatchRemoveLease, "batch_remove_lease"),
        (Operation.Release, "release"), (Operation.Hello, "hello"), (Operation.Join, "join"), (Operation.Leave, "leave"),
        (Operation.Heartbeat, "heartbeat"), (Operation.Restore, "restore"),
        (Operation.Segments, "segments"), (Operation.Stats, "stats"),
        (Operation.TakeMoves, "take_moves"), (Operation.FinishMoves, "finish_moves"), (Operation.Unknown, "unknown"),
    ];

    /// <summary>The page as it is now.</summary>
    public static string Format(MetaServer server)
    {
        var text = new PrometheusText();
        RequestLane requests = server.Requests.Sum();
        MetaEngineStats stats = server.ReadStats();
        WriteRequests(text, requests);
        WriteLatency(text, requests);
        WriteSpace(text, stats);
        WriteObjects(text, stats);
        WriteMoves(text, server, stats);
        WriteClients(text, server, stats);
        WriteTls(text, server);
        return text.ToString();
    }

    private static void WriteRequests(PrometheusText text, RequestLane requests)
    {
        foreach ((Operation operation, string name) in Named)
        {
            text.Single($"memcache_{name}_requests_total", "counter", $"Requests: {name}.", requests.Requests(operation));
            text.Single(
                $"memcache_{name}_failures_total",
                "counter",
                $"Requests that failed as a whole or for a key: {name}. An absent or existing key is no failure.",
                requests.Failures(operation));
        }

        const string Requests = "memcache_requests_total";
        text.Begin(Requests, "counter", "Requests of every kind.");
        WriteEach(text, Requests, requests.Requests);
        const string Failures = "memcache_failures_total";
        text.Begin(Failures, "counter", "Failed requests of every kind.");
        WriteEach(text, Failures, requests.Failures);
        const string Keys = "memcache_request_keys_total";
        text.Begin(Keys, "counter", "Keys, entries or leases in those requests.");
        WriteEach(text, Keys, requests.Keys);
    }

    private static void WriteEach(PrometheusText text, string metric, Func<Operation, long> read)
    {
        foreach ((Operation operation, string name) in Named.Concat(Own))
        {
            text.Value(metric, $"operation=\"{name}\"", read(operation));
        }
    }

    private static void WriteLatency(PrometheusText text, RequestLane requests)
    {
        const string Metric = "memcache_request_duration_seconds";
        text.Begin(Metric, "histogram", "Time from a decoded header to an encoded reply, in the MetaService.");
        foreach ((Operation operation, string name) in Named.Concat(Own).Where(o => requests.Requests(o.Operation) > 0))
        {
            long count = 0;
            for (int bucket = 0; bucket < RequestLane.BucketCount; bucket++)
            {
                count += requests.Bucket(operation, bucket);
                bool isLast = bucket == RequestLane.BucketCount - 1;
                string bound = isLast ? "+Inf" : ((1L << bucket) / 1e6).ToString("R", CultureInfo.InvariantCulture);
                text.Value(Metric + "_bucket", $"operation=\"{name}\",le=\"{bound}\"", count);
            }

            text.Value(Metric + "_sum", $"operation=\"{name}\"", requests.Seconds(operation));
            text.Value(Metric + "_count", $"operation=\"{name}\"", count);
        }
    }

    private static void WriteSpace(PrometheusText text, MetaEngineStats stats)
    {
        const string Capacity = "memcache_segment_capacity_bytes";
        const string Allocated = "memcache_segment_allocated_bytes";
        IEnumerable<SegmentStats> alive = stats.Segments.Where(segment => segment.IsAlive);
        text.Begin(Capacity, "gauge", "Bytes a segment can hold.");
        foreach (SegmentStats segment in alive)
        {
            text.Value(Capacity, $"segment=\"{NameOf(segment)}\"", segment.CapacityBytes);
        }

        text.Begin(Allocated, "gauge", "Bytes of blobs in a segment, reservations included.");
        foreach (SegmentStats segment in alive)
        {
            text.Value(Allocated, $"segment=\"{NameOf(segment)}\"", segment.UsedBytes);
        }

        const string LargestFree = "memcache_segment_largest_free_bytes";
        text.Begin(LargestFree, "gauge", "Longest free run of a segment: far below its free bytes means fragmentation.");
        foreach (SegmentStats segment in alive)
        {
            text.Value(LargestFree, $"segment=\"{NameOf(segment)}\"", segment.LargestFreeBytes);
        }

        const string TotalCapacity = "memcache_total_capacity_bytes";
        text.Begin(TotalCapacity, "gauge", "Bytes all segments of a medium can hold.");
        foreach (Medium medium in Enum.GetValues<Medium>())
        {
            text.Value(TotalCapacity, LabelOf(medium), Of(stats, medium).CapacityBytes);
        }

        const string TotalAllocated = "memcache_allocated_bytes";
        text.Begin(TotalAllocated, "gauge", "Bytes of blobs in all segments of a medium.");
        foreach (Medium medium in Enum.GetValues<Medium>())
        {
            text.Value(TotalAllocated, LabelOf(medium), Of(stats, medium).UsedBytes);
        }
    }

    private static void WriteObjects(PrometheusText text, MetaEngineStats stats)
    {
        text.Single("memcache_stored_keys", "gauge", "Readable objects.", stats.ObjectCount);
        text.Single(
            "memcache_evict_operations_total", "counter", "Objects evicted.",
            stats.EvictedByWatermark + stats.EvictedByReserve);
        const string Evicted = "memcache_evicted_objects_total";
        text.Begin(Evicted, "counter", "Objects evicted, by what made it necessary.")
            .Value(Evicted, "cause=\"watermark\"", stats.EvictedByWatermark)
            .Value(Evicted, "cause=\"reserve\"", stats.EvictedByReserve);
        text.Single("memcache_evicted_bytes_total", "counter", "Bytes that eviction freed.", stats.EvictedBytes);
        const string Lookups = "memcache_lookup_keys_total";
        text.Begin(Lookups, "counter", "Keys of gets, by whether the object was there.")
            .Value(Lookups, "result=\"hit\"", stats.LookupHits)
            .Value(Lookups, "result=\"miss\"", stats.LookupMisses);
        const string Exists = "memcache_exist_keys_total";
        text.Begin(Exists, "counter", "Keys asked for existence, by the answer.")
            .Value(Exists, "result=\"hit\"", stats.ExistsHits)
            .Value(Exists, "result=\"miss\"", stats.ExistsMisses);
        text.Single("memcache_objects_committed_total", "counter", "Objects published.", stats.ObjectsCommitted);
        text.Single("memcache_commits_duplicated_total", "counter", "Commits of a key that was there.", stats.CommitsDuplicated);
        text.Single("memcache_objects_removed_total", "counter", "Objects removed by request.", stats.ObjectsRemoved);
        text.Single(
            "memcache_objects_restored_total", "counter", "Objects that segments brought back when they joined again.",
            stats.ObjectsRestored);
        text.Single(
            "memcache_segments_restoring", "gauge", "Segments that are bringing their content back.",
            stats.RestoringCount);
        text.Single(
            "memcache_retirements_forgotten", "gauge",
            "Removed replicas in living segments whose owners could not be told of in time.",
            stats.RetirementsForgotten);
        text.Single("memcache_objects_lost_total", "counter", "Objects that went with their last segment.", stats.ObjectsLost);
        text.Single("memcache_objects_removing", "gauge", "Removed objects whose space waits for leases.", stats.RemovingCount);
        text.Single("memcache_reserves_rejected_total", "counter", "Reserves that found no space.", stats.ReservesRejected);
        text.Single(
            "memcache_metadata_bytes", "gauge", "Memory of records, keys, index and allocators.",
            stats.TableBytesTaken + stats.AllocatorBytesTaken);
    }

    private static void WriteMoves(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        text.Single(
            "memcache_moved_replicas_total", "counter", "Replicas that left a drained segment for another.",
            stats.ReplicasMoved);
        text.Single("memcache_moved_bytes_total", "counter", "Bytes of those.", stats.MovedBytes);
        text.Single(
            "memcache_repaired_replicas_total", "counter", "Replicas made anew for lost ones.",
            stats.ReplicasRepaired);
        text.Single("memcache_repaired_bytes_total", "counter", "Bytes of those.", stats.RepairedBytes);
        text.Single(
            "memcache_moves_dropped_total", "counter", "Moves that came to nothing: object gone, copy failed.",
            stats.MovesDropped);
        text.Single(
            "memcache_drained_objects_total", "counter", "Objects dropped with their drained segment.",
            stats.ObjectsDrained);
        text.Single(
            "memcache_moves_waiting", "gauge", "Replicas found that wait to be moved or repaired.",
            stats.MoveQueueCount);
        text.Single("memcache_moves_in_flight", "gauge", "Replicas that LocalServices are copying.", stats.MovingCount);
        text.Single(
            "memcache_segments_draining", "gauge", "Segments that are drained, or were and stay empty.",
            stats.Segments.Count(segment => segment is { IsAlive: true, IsDraining: true }));
        const string Jobs = "memcache_drain_jobs_total";
        text.Begin(Jobs, "counter", "Drain jobs, by what became of them.");
        text.Value(Jobs, "state=\"started\"", server.Drains.StartedCount);
        ReadOnlySpan<DrainState> ends = [DrainState.Done, DrainState.Failed, DrainState.Cancelled];
        foreach (DrainState state in ends)
        {
            text.Value(Jobs, $"state=\"{DrainJobReply.NameOf(state)}\"", server.Drains.EndedCount(state));
        }
    }

    private static void WriteClients(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        text.Single("memcache_sessions", "gauge", "Clients that have joined.", server.Sessions.SessionCount);
        text.Single("memcache_sessions_lost_total", "counter", "Sessions that ended without a leave.", server.Sessions.LostCount);
        text.Single("memcache_connections", "gauge", "Open connections.", server.ConnectionCount);
        text.Single(
            "memcache_connections_refused_total", "counter", "Connections refused: too many.", server.ConnectionRefusedCount);
        text.Single("memcache_reservations", "gauge", "Reservations of living clients.", stats.ReservationCount);
        text.Single(
            "memcache_orphans", "gauge", "Reservations of lost clients that may still be written to.", stats.OrphanCount);
        text.Single(
            "memcache_allocations", "gauge", "Unfinished reservations of batch_alloc, part of memcache_reservations.",
            stats.AllocationCount);
        text.Single("memcache_key_leases", "gauge", "Leases by key that are held.", stats.KeyLeaseCount);
        text.Single("memcache_leases_granted_total", "counter", "Read leases granted.", stats.LeasesGranted);
        text.Single("memcache_leases_released_total", "counter", "Read leases given back.", stats.LeasesReleased);
        text.Single("memcache_registry_version", "gauge", "Version of the segment registry.", server.Sessions.RegistryVersion);
        text.Single("memcache_epoch", "gauge", "Epoch of this MetaService.", server.Sessions.Epoch);
        text.Single("memcache_uptime_seconds", "gauge", "Seconds since the start.", server.Clock.UptimeMs / 1000.0);
    }

    private static void WriteTls(PrometheusText text, MetaServer server)
    {
        const string Expiry = "memcache_tls_certificate_expiry_seconds";
        text.Begin(
            Expiry, "gauge", "Seconds until the certificate, or a revocation list, of an encrypted connection expires.");
        foreach ((string connection, Fabric.TlsKeyring keyring) in server.Tls.Keyrings)
        {
            text.Value(Expiry, $"connection=\"{connection}\"", keyring.SecondsUntilExpiry);
        }

        text.Single(
            "memcache_handshake_failures_total", "counter",
            "Connections turned away before their first request: TLS failed, or another user's process.",
            server.HandshakeFailureCount);
    }

    private static string NameOf(in SegmentStats segment) => SegmentName.Format(segment.Rank, segment.Medium);

    private static string LabelOf(Medium medium) => $"medium=\"{NameOf(medium)}\"";

    private static string NameOf(Medium medium) => medium switch
    {
        Medium.Hbm => "hbm",
        Medium.Dram => "dram",
        _ => "ssd",
    };

    private static MediumStats Of(MetaEngineStats stats, Medium medium) =>
        stats.Media.FirstOrDefault(candidate => candidate.Medium == medium);
}
