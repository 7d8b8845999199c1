using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <content>Space, ranks, objects.</content>
internal static partial class MetricsPage
{
    private static void WriteSpace(PrometheusText text, MetaEngineStats stats)
    {
        text.Section("Space");
        SegmentStats[] alive = [.. stats.Segments.Where(segment => segment.IsAlive)];
        WriteEach(text, alive, "memcache_segment_capacity_bytes", "Bytes a segment can hold.", s => s.CapacityBytes);
        WriteEach(
            text, alive, "memcache_segment_allocated_bytes",
            "Bytes of blobs in a segment, in whole pages, reservations included.",
            s => s.UsedBytes);
        WriteEach(
            text, alive, "memcache_segment_largest_free_bytes",
            "Longest free run of a segment: far below its free bytes means fragmentation.", s => s.LargestFreeBytes);
        WriteEach(
            text, alive, "memcache_segment_fragmentation_ratio",
            "Part of a segment's free bytes that lies outside the longest run: 0 is one run, near 1 many small ones.",
            FragmentationOf);
        WriteEach(text, alive, "memcache_segment_free_extents", "Free runs of a segment.", s => s.FreeExtentCount);
        WriteEach(
            text, alive, "memcache_segment_blobs", "Blobs in a segment: slots of its directory in use.",
            s => s.SlotUsedCount);
        WriteEach(
            text, alive, "memcache_segment_orphans",
            "Blobs of lost clients in a segment that its owner has not decided on.",
            s => s.OrphanCount);
        WriteEach(
            text, stats, "memcache_total_capacity_bytes", "Bytes all segments of a medium can hold.",
            m => m.CapacityBytes);
        WriteEach(
            text, stats, "memcache_allocated_bytes", "Bytes of blobs in all segments of a medium.", m => m.UsedBytes);
        WriteEach(
            text, stats, "memcache_evicting",
            "1 while a medium is above its low watermark on the way down from the high one.",
            m => m.IsEvicting ? 1 : 0);
        text.Single(
            "memcache_metadata_bytes", "gauge", "Memory of records, keys, index and allocators.",
            stats.TableBytesTaken + stats.AllocatorBytesTaken);
    }

    private static void WriteEach(
        PrometheusText text, SegmentStats[] segments, string name, string help, Func<SegmentStats, double> read)
    {
        text.Begin(name, "gauge", "segment", help);
        foreach (SegmentStats segment in segments)
        {
            text.Value(SegmentLabel(segment), read(segment));
        }
    }

    private static void WriteEach(
        PrometheusText text, MetaEngineStats stats, string name, string help, Func<MediumStats, double> read)
    {
        text.Begin(name, "gauge", "medium", help);
        foreach (Medium medium in Enum.GetValues<Medium>())
        {
            text.Value(MediumLabel(medium), read(stats.Media.FirstOrDefault(candidate => candidate.Medium == medium)));
        }
    }

    private static double FragmentationOf(SegmentStats segment)
    {
        long freeBytes = segment.CapacityBytes - segment.UsedBytes;
        return freeBytes > 0 ? Math.Clamp(1 - ((double)segment.LargestFreeBytes / freeBytes), 0, 1) : 0;
    }

    private static void WriteRanks(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        text.Section("Ranks");
        IReadOnlyList<RankHealth> ranks = server.Sessions.ReadHealth();
        WriteEach(
            text, ranks, "memcache_rank_heartbeat_age_seconds", "Time since a rank was last heard.",
            r => r.AgeMs / 1000.0);
        WriteEach(
            text, ranks, "memcache_rank_silent",
            "1 when a rank was not heard for more than half of the time after which it is given up.",
            r => r.AgeMs > server.SilenceMs / 2 ? 1 : 0);
        HashSet<RankId> restoring = [.. stats.Segments.Where(s => s.IsAlive && s.IsRestoring).Select(s => s.Rank)];
        WriteEach(
            text, ranks, "memcache_rank_restoring", "1 while a rank brings the content of its segment back.",
            r => restoring.Contains(r.Rank) ? 1 : 0);
        HashSet<RankId> draining = [.. stats.Segments.Where(s => s.IsAlive && s.IsDraining).Select(s => s.Rank)];
        WriteEach(
            text, ranks, "memcache_rank_draining",
            "1 while a rank's segment is drained, and while it stays empty afterwards.",
            r => draining.Contains(r.Rank) ? 1 : 0);
    }

    private static void WriteEach(
        PrometheusText text, IReadOnlyList<RankHealth> ranks, string name, string help, Func<RankHealth, double> read)
    {
        text.Begin(name, "gauge", "rank", help);
        foreach (RankHealth rank in ranks)
        {
            text.Value($"rank=\"{RankNames.Of(rank.Rank.Value)}\"", read(rank));
        }
    }

    private static void WriteObjects(PrometheusText text, MetaEngineStats stats)
    {
        text.Section("Objects");
        text.Single("memcache_stored_keys", "gauge", "Readable objects.", stats.ObjectCount);
        text.Begin(
            "memcache_lookup_keys_total", "counter", "result",
            "Keys of gets, by whether the object was there: the hit ratio is hit / (hit + miss).")
            .Value("result=\"hit\"", stats.LookupHits).Value("result=\"miss\"", stats.LookupMisses);
        text.Begin("memcache_exist_keys_total", "counter", "result", "Keys asked for existence, by the answer.")
            .Value("result=\"hit\"", stats.ExistsHits).Value("result=\"miss\"", stats.ExistsMisses);
        text.Single("memcache_objects_committed_total", "counter", "Objects published.", stats.ObjectsCommitted);
        text.Single(
            "memcache_commits_duplicated_total", "counter", "Commits of a key that was there.",
            stats.CommitsDuplicated);
        text.Single(
            "memcache_commits_refused_total", "counter", "Commits of reservations that were not there any more.",
            stats.CommitsRefused);
        text.Single("memcache_objects_removed_total", "counter", "Objects removed by request.", stats.ObjectsRemoved);
        text.Single(
            "memcache_objects_lost_total", "counter", "Objects that went with their last segment.", stats.ObjectsLost);
        text.Single(
            "memcache_objects_restored_total", "counter", "Objects that segments brought back when they joined again.",
            stats.ObjectsRestored);
        text.Single(
            "memcache_replicas_restored_total", "counter",
            "Replicas that segments brought back when they joined again.",
            stats.ReplicasRestored);
        text.Single(
            "memcache_objects_removing", "gauge", "Removed objects whose space waits for leases.", stats.RemovingCount);
        text.Single(
            "memcache_retirements_forgotten", "gauge",
            "Removed replicas in living segments whose owners could not be told: they may come back after a restart.",
            stats.RetirementsForgotten);
        WriteEviction(text, stats);
    }

    private static void WriteEviction(PrometheusText text, MetaEngineStats stats)
    {
        text.Section("Eviction and admission");
        text.Single(
            "memcache_evict_operations_total", "counter", "Objects evicted.",
            stats.EvictedByWatermark + stats.EvictedByReserve + stats.EvictedByQuota);
        text.Begin("memcache_evicted_objects_total", "counter", "cause", "Objects evicted, by what made it necessary.")
            .Value("cause=\"watermark\"", stats.EvictedByWatermark).Value("cause=\"reserve\"", stats.EvictedByReserve)
            .Value("cause=\"quota\"", stats.EvictedByQuota);
        text.Single("memcache_evicted_bytes_total", "counter", "Bytes that eviction freed.", stats.EvictedBytes);
        text.Single(
            "memcache_inline_evictions_total", "counter",
            "Reserves that had to evict by themselves: eviction between the watermarks is too slow.",
            stats.InlineEvictions);
        text.Single(
            "memcache_objects_parked", "gauge", "Objects that eviction passed over because a reader holds them.",
            stats.ParkedCount);
        text.Single(
            "memcache_reserves_rejected_total", "counter", "Reserves that found no space.", stats.ReservesRejected);
        text.Single(
            "memcache_reserves_limited_total", "counter", "Reserves refused because their client holds too many.",
            stats.ReservesLimited);
    }
}
