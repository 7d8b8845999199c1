using System.Globalization;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <content>Reuse-aware eviction, and what pools of other sizes would have missed.</content>
internal static partial class MetricsPage
{
    private static void WriteReuse(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        text.Section("Reuse-aware eviction");
        WriteEach(
            text, stats.Reuse, "memcache_reuse_resident_objects", "gauge",
            "Objects that are there, as far as the policy has been told.", r => r.ResidentCount);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_ghosts", "gauge",
            "Keys that are remembered though their objects are not there.", r => r.GhostCount);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_capacity_objects", "gauge", "Objects that fit, as the policy takes it.",
            r => r.CapacityCount);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_ticks_total", "counter",
            "Ticks of the policy's clock: 16 are as many puts as objects fit.", r => r.TickCount);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_requests_learned_total", "counter", "Requests that were learned from.",
            r => r.RequestsLearned);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_references_learned_total", "counter",
            "Keys of requests that were learned from.", r => r.ReferencesLearned);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_requests_unlearned_total", "counter",
            "Requests that were not learned from, because too many waited.", r => r.RequestsUnlearned);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_proposals_held_total", "counter",
            "Proposed objects that could not leave: held by a reader, pinned, too young, or of no help.",
            r => r.ProposalsHeld);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_admissions_refused_total", "counter",
            "Puts that were refused a place, if admission is on.", r => r.AdmissionsRefused);
        WriteEach(
            text, stats.Reuse, "memcache_reuse_table_bytes", "gauge", "Memory of the policy's tables.",
            r => r.TableBytes);
        WriteOrders(text, stats.Reuse);
        WriteCurves(text, server, stats);
    }

    private static void WriteEach(
        PrometheusText text, IReadOnlyList<ReuseStats> media, string name, string type, string help,
        Func<ReuseStats, double> read)
    {
        text.Begin(name, type, "medium", help);
        foreach (ReuseStats medium in media)
        {
            text.Value(MediumLabel(medium.Medium), read(medium));
        }
    }

    private static void WriteOrders(PrometheusText text, IReadOnlyList<ReuseStats> media)
    {
        text.Begin(
            "memcache_reuse_evicted_total", "counter", "medium,order",
            "Objects evicted by the learned order, and by last use where nothing that it proposed could leave.");
        foreach (ReuseStats medium in media)
        {
            text.Value(MediumLabel(medium.Medium) + ",order=\"reuse\"", medium.EvictedByReuse)
                .Value(MediumLabel(medium.Medium) + ",order=\"last_use\"", medium.EvictedByLastUse);
        }
    }

    private static void WriteCurves(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        MissRatioCurve[] curves =
            [.. stats.Media.Select(medium => server.ReadMissRatioCurve(medium.Medium)).OfType<MissRatioCurve>()];
        text.Begin(
            "memcache_miss_ratio_curve", "gauge", "medium,capacity_ratio",
            "Part of the objects asked for of late that a medium of this many times its size would not have had.");
        foreach (MissRatioCurve curve in curves)
        {
            foreach (MissRatioPoint point in curve.Points)
            {
                string ratio = point.CapacityFactor.ToString("R", CultureInfo.InvariantCulture);
                text.Value($"{MediumLabel(curve.Medium)},capacity_ratio=\"{ratio}\"", 1 - point.HitRatio);
            }
        }

        text.Begin(
            "memcache_miss_ratio_curve_references", "gauge", "medium",
            "References to objects that the curve rests on; older ones count less.");
        foreach (MissRatioCurve curve in curves)
        {
            text.Value(MediumLabel(curve.Medium), curve.ReferenceCount);
        }
    }
}
