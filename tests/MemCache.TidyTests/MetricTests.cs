using System.Text;
using System.Text.RegularExpressions;
using MemCache.Core;
using MemCache.MetaService;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>The page of metrics is made from what the MetaService writes; alert rules and dashboard ask for nothing else.</summary>
public sealed partial class MetricTests
{
    private const string Page = "docs/reference/metrics.md";

    // Names that existing dashboards use: an operation's have _requests_total and _failures_total behind them.
    private static readonly string[] Operations =
    [
        "alloc", "batch_alloc", "get", "batch_get", "remove", "batch_remove", "remove_all", "update_state", "batch_update_state",
        "query", "batch_query", "get_all_keys", "exist_key", "batch_exist_key", "mount", "unmount",
    ];

    private static readonly string[] Others =
    [
        "memcache_evict_operations_total", "memcache_stored_keys", "memcache_segment_capacity_bytes",
        "memcache_segment_allocated_bytes", "memcache_total_capacity_bytes", "memcache_allocated_bytes",
    ];

    private static readonly Lazy<IReadOnlyList<MetricFamily>> Families = new(ReadFamilies);

    [Fact]
    public void The_page_of_metrics_is_up_to_date() => Assert.Null(Repository.Compare(Page, PageText()));

    [Fact]
    public void Names_of_existing_dashboards_are_there()
    {
        string[] names = [.. Families.Value.Select(family => family.Name)];
        Assert.All(Others, name => Assert.Contains(name, names));
        Assert.All(Operations, name => Assert.Contains($"memcache_{name}_requests_total", names));
        Assert.All(Operations, name => Assert.Contains($"memcache_{name}_failures_total", names));
    }

    [Fact]
    public void No_metric_is_written_twice() => Assert.Empty(
        Families.Value.GroupBy(family => family.Name).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Rules_and_dashboard_use_metrics_that_exist()
    {
        HashSet<string> names = [.. Families.Value.SelectMany(SeriesOf)];
        string[] files =
        [
            .. Repository.Files("deploy/prometheus", "*.yml"), .. Repository.Files("deploy/grafana", "*.json"),
            "docs/operations/monitoring.md",
        ];
        Assert.True(files.Length >= 3);
        Assert.All(files, file => Assert.All(
            NamePattern().Matches(Repository.Read(file)).Select(match => match.Value).Distinct(),
            name => Assert.True(names.Contains(name), $"{file}: there is no metric {name}")));
    }

    private static IEnumerable<string> SeriesOf(MetricFamily family) => family.Type == "histogram"
        ? [family.Name, family.Name + "_bucket", family.Name + "_sum", family.Name + "_count"]
        : [family.Name];

    private static IReadOnlyList<MetricFamily> ReadFamilies()
    {
        string directory = Directory.CreateTempSubdirectory("mmc-tidy-").FullName;
        try
        {
            var options = new MetaServiceOptions
            {
                MetaServiceUrl = $"unix://{directory}/socket",
                ConfigStoreUrl = $"unix://{directory}/socket",
                SocketDirectory = directory,
            };
            bool isUp = MetaServer.TryStart(
                options, new FrameServerOptions(), TimeProvider.System, NullLogger.Instance, out MetaServer? server, out string error);
            Assert.True(isUp, error);
            using (server)
            {
                return MetricsPage.Families(server!);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string PageText()
    {
        var page = new StringBuilder();
        page.Append("# Metrics of the MetaService\n\n");
        page.Append("`GET /metrics` at `metrics_url`: Prometheus text format 0.0.4. Counters are since the start of the MetaService; a rank's go on when\n");
        page.Append("another process takes its number. Histograms have the bounds 1 us, 2 us, 4 us … 8.4 s; those of an operation or call appear with its first\n");
        page.Append("request. How to use them: [monitoring](../operations/monitoring.md). Generated from what the MetaService writes, by TidyTests.\n\n");
        page.Append("Values of labels: `operation`, `call` and `phase` are names as in `batch_get`; `segment` as in `rank-0-dram`; `rank` a number, or `none`\n");
        page.Append("for clients without memory; `medium` is hbm, dram or ssd; `path` is own (the process's own segment), mapping (another's on the same host)\n");
        page.Append("or tcp; `result` of keys is hit or miss, of phases good or bad; `cause` of an eviction is watermark, reserve or quota; `level` is debug, info,\n");
        page.Append("warn or error; `route` is the pattern of an HTTP route.\n\n");
        page.Append("`alloc` is a reserve, `update_state` a commit, `query` a lookup without a lease, `mount` a join with memory, `unmount` the end of\n");
        page.Append("such a session.\n");
        string section = "";
        foreach (MetricFamily family in Families.Value)
        {
            if (family.Section != section)
            {
                section = family.Section;
                page.Append("\n## ").Append(section).Append("\n\n| metric | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n");
            }

            page.Append("| `").Append(family.Name).Append("` | ").Append(family.Type).Append(" | ").Append(family.Unit).Append(" | ")
                .Append(family.Labels.Replace(",", ", ", StringComparison.Ordinal)).Append(" | ").Append(family.Help).Append(" |\n");
        }

        return page.ToString();
    }

    [GeneratedRegex(@"\bmemcache_[a-z_]+\b(?!:)")]
    private static partial Regex NamePattern();
}
