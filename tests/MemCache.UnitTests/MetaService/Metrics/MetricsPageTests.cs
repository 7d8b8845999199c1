using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Protocol;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.MetaService.Metrics;

public class MetricsPageTests
{
    [Fact]
    public void The_page_counts_what_was_asked()
    {
        using var fixture = new ServerFixture();
        using MetaConnection connection = fixture.Connect();
        _ = ServerFixture.JoinOk(connection, 1 << 20, new RankId(2));
        ServerFixture.Put(connection, "key", 5000);
        _ = ServerFixture.Exists(connection, "key", "other");
        string page = MetricsPage.Format(fixture.Server);
        Assert.Equal(1, Value(page, "memcache_alloc_requests_total"));
        Assert.Equal(1, Value(page, "memcache_update_state_requests_total"));
        Assert.Equal(1, Value(page, "memcache_batch_exist_key_requests_total"));
        Assert.Equal(0, Value(page, "memcache_alloc_failures_total"));
        Assert.Equal(1, Value(page, "memcache_request_duration_seconds_count{operation=\"batch_exist_key\"}"));
        Assert.Equal(1, Value(page, "memcache_exist_keys_total{result=\"hit\"}"));
        Assert.Equal(1, Value(page, "memcache_exist_keys_total{result=\"miss\"}"));
        Assert.Equal(8192, Value(page, "memcache_segment_allocated_bytes{segment=\"rank-2-dram\"}"));
        Assert.InRange(Value(page, "memcache_segment_fragmentation_ratio{segment=\"rank-2-dram\"}"), 0, 0.05);
        Assert.Equal(0, Value(page, "memcache_rank_silent{rank=\"2\"}"));
        Assert.InRange(Value(page, "memcache_rank_heartbeat_age_seconds{rank=\"2\"}"), 0, 60);
        Assert.True(Value(page, "memcache_request_queue_seconds_count") >= 4);
        Assert.True(Value(page, "memcache_process_resident_memory_bytes") > 1 << 20);
        Assert.True(Value(page, "memcache_process_threads") > 1);
        Assert.True(Value(page, "memcache_process_cpu_seconds_total") > 0);
    }

    [Fact]
    public void Buckets_of_a_histogram_only_grow_and_end_with_its_count()
    {
        var lane = new RequestLane();
        foreach (long ticks in new long[] { 0, 1, 999, 1_000, 50_000, 1_000_000_000, 100_000_000_000 })
        {
            lane.Note(Operation.Get, hasFailed: false, 1, ticks);
        }

        long sum = 0;
        foreach (long count in lane.Buckets(Operation.Get))
        {
            sum += count;
        }

        Assert.Equal(7, sum);
        Assert.Equal(lane.Requests(Operation.Get), sum);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.99e-6, 0)]
    [InlineData(1.01e-6, 1)]
    [InlineData(2.01e-6, 2)]
    [InlineData(8.3, LatencyBuckets.Count - 2)]
    [InlineData(9, LatencyBuckets.Count - 1)]
    [InlineData(1e6, LatencyBuckets.Count - 1)]
    public void A_duration_lies_below_the_bound_of_its_bucket_and_not_below_the_one_before(double seconds, int expected)
    {
        int index = LatencyBuckets.IndexOf((long)(seconds * System.Diagnostics.Stopwatch.Frequency));
        Assert.Equal(expected, index);
        Assert.True(seconds < LatencyBuckets.BoundSeconds(index));
        Assert.True(index == 0 || seconds >= LatencyBuckets.BoundSeconds(index - 1));
    }

    [Fact]
    public void Noting_a_request_allocates_nothing()
    {
        var lane = new RequestLane();
        Assert.Equal(0, SteadyState.AllocatedBytes(10_000, i =>
        {
            lane.Begin(Opcode.Lookup, i);
            lane.End(Opcode.Lookup, Operation.BatchGet, i % 2 == 0, i, i);
            lane.NoteBusy(i);
            ServerEvents.Log.Note(Operation.BatchGet, MmcStatus.Ok, i, i);
        }));
    }

    [Fact]
    public async Task Http_labels_are_routes_and_never_what_was_asked_for()
    {
        var metrics = new HttpRequestMetrics();
        for (int i = 0; i < 5; i++)
        {
            var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            context.Request.Path = "/nowhere/" + i.ToString(CultureInfo.InvariantCulture);
            await metrics.Count(context, static _ => Task.CompletedTask);
        }

        Assert.Equal([("other", 200, 5L)], metrics.Read());
    }

    [Fact]
    public void Log_lines_are_counted_by_level()
    {
        using var lines = new LogLineCounter();
        lines.Log(Microsoft.Extensions.Logging.LogLevel.Warning, default, 0, null, static (_, _) => "");
        lines.Log(Microsoft.Extensions.Logging.LogLevel.Error, default, 0, null, static (_, _) => "");
        lines.Log(Microsoft.Extensions.Logging.LogLevel.Critical, default, 0, null, static (_, _) => "");
        Assert.Equal([("debug", 0L), ("info", 0L), ("warn", 1L), ("error", 2L)], lines.Read());
    }

    internal static double Value(string page, string series)
    {
        string line = Assert.Single(page.Split('\n'), line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
