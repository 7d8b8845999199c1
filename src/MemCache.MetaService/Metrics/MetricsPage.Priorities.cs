using MemCache.Meta;

namespace MemCache.MetaService;

/// <content>Pins, times to live, quotas.</content>
internal static partial class MetricsPage
{
    private static void WritePriorities(PrometheusText text, MetaEngineStats stats)
    {
        text.Section("Pins, times to live and quotas");
        text.Begin(
            "memcache_pinned_bytes", "gauge", "medium,pin",
            "Bytes of objects and reservations with a pin, all replicas, in whole pages.");
        foreach (MediumStats medium in stats.Media)
        {
            text.Value($"{MediumLabel(medium.Medium)},pin=\"soft\"", medium.SoftPinnedBytes)
                .Value($"{MediumLabel(medium.Medium)},pin=\"hard\"", medium.HardPinnedBytes);
        }

        WriteEach(
            text, stats, "memcache_hard_pin_limit_bytes", "Bytes that may have a hard pin.", m => m.HardPinBytesMax);
        text.Single(
            "memcache_pin_refusals_total", "counter", "Keys refused because too much has a hard pin.",
            stats.PinRefusals);
        text.Single(
            "memcache_objects_with_ttl", "gauge", "Objects and reservations with a time to live.", stats.TtlCount);
        text.Single(
            "memcache_objects_expired_total", "counter", "Objects whose time to live was over.", stats.ObjectsExpired);
        WriteEach(
            text, stats.Tenants, "memcache_tenant_quota_bytes", "gauge", "Bytes that a tenant may use.",
            t => t.QuotaBytes);
        WriteEach(
            text, stats.Tenants, "memcache_tenant_used_bytes", "gauge",
            "Bytes of a tenant's objects and reservations, all replicas.",
            t => t.UsedBytes);
        WriteEach(
            text, stats.Tenants, "memcache_quota_refusals_total", "counter",
            "Keys refused because the quota of their tenant is full.",
            t => t.Refusals);
    }

    private static void WriteEach(
        PrometheusText text, IReadOnlyList<TenantStats> tenants, string name, string type, string help,
        Func<TenantStats, double> read)
    {
        text.Begin(name, type, "prefix", help);
        foreach (TenantStats tenant in tenants)
        {
            string prefix = tenant.Prefix.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Value($"prefix=\"{prefix}\"", read(tenant));
        }
    }
}
