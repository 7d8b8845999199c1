using System.Net;
using System.Text.Json;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Every call answers in the shape that existing clients know.</summary>
public class HttpCallTests
{
    [Fact]
    public async Task Health_and_its_kin_answer()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        JsonElement health = await f.GetAsync("/health");
        Assert.Equal(["status", "role", "ha_state", "service_ready", "leader_address", "view_version"], NamesOf(health));
        Assert.True(health.GetProperty("service_ready").GetBoolean());
        Assert.Equal("leader", await f.TextAsync("/role"));
        Assert.Equal("serving", await f.TextAsync("/ha_status"));
        JsonElement leader = await f.GetAsync("/leader");
        Assert.Equal(["present", "leader_address", "view_version"], NamesOf(leader));
        Assert.Equal(f.Pool.Options.MetaServiceUrl, leader.GetProperty("leader_address").GetString());
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Get, "/health?ready=true"));
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Head, "/health"));
    }

    [Fact]
    public async Task A_key_is_found_with_its_blobs_and_an_absent_one_is_both_a_failure_and_invalid()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a/b c");
        JsonElement found = await f.GetAsync("/query_key?key=a%2Fb+c");
        Assert.Equal(
            """{"key":"a/b c","size":4096,"prot":0,"numBlobs":1,"valid":true,"blobs":[{"rank":0,"medium":1}]}""",
            found.GetRawText());
        JsonElement absent = await f.GetAsync("/query_key?key=x");
        Assert.Equal(
            ["key", "size", "prot", "numBlobs", "valid", "blobs", "success", "error_message", "timestamp"], NamesOf(absent));
        Assert.False(absent.GetProperty("valid").GetBoolean());
        Assert.False(absent.GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task A_batch_has_an_entry_for_each_key_in_their_order()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a", "b");
        JsonElement batch = await f.GetAsync("/batch_query_keys?keys=b,nothing,a,,b");
        Assert.True(batch.GetProperty("success").GetBoolean());
        Assert.Equal(
            [4096, 0, 4096, 0, 4096],
            batch.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("size").GetInt64()).ToArray());
        Assert.Equal(
            """{"key":"nothing","size":0,"prot":0,"numBlobs":0,"valid":false,"blobs":[]}""",
            batch.GetProperty("data")[1].GetRawText());
        string many = string.Join(',', Enumerable.Range(0, HttpLimits.BatchCountMax + 1));
        await FailsAsync(f, "/batch_query_keys?keys=" + many, "'keys' is not legal");
        await FailsAsync(f, "/batch_query_keys", "'keys' is not legal");
    }

    [Fact]
    public async Task Segments_and_capacities_have_the_known_shapes()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a");
        Assert.Equal("rank-0-dram\n", await f.TextAsync("/get_all_segments"));
        JsonElement segment = await f.GetAsync("/query_segment?segment=rank-0-dram");
        Assert.Equal(["segment", "medium", "total_bytes", "used_bytes", "remaining_bytes", "remaining_ratio"], NamesOf(segment));
        Assert.Equal(4096, segment.GetProperty("used_bytes").GetInt64());
        Assert.Equal("dram", segment.GetProperty("medium").GetString());
        JsonElement usage = await f.GetAsync("/api/v1/capacity/usage");
        Assert.Equal(["timestamp", "data_source_ready", "degraded", "npu", "cpu"], NamesOf(usage));
        Assert.Equal(["total_bytes", "used_bytes", "free_bytes", "usage_ratio"], NamesOf(usage.GetProperty("cpu")));
        Assert.Equal(64 << 20, usage.GetProperty("cpu").GetProperty("total_bytes").GetInt64());
        Assert.Equal(0, usage.GetProperty("npu").GetProperty("usage_ratio").GetDouble());
        JsonElement remaining = await f.GetAsync("/api/v1/capacity/segment_remaining");
        Assert.Equal(["timestamp", "data_source_ready", "degraded", "segments"], NamesOf(remaining));
        Assert.Equal(
            ["segment_name", "medium", "total_bytes", "used_bytes", "remaining_bytes", "remaining_ratio"],
            NamesOf(remaining.GetProperty("segments")[0]));
        await FailsAsync(f, "/query_segment?segment=rank-1-dram", "no such segment");
        await FailsAsync(f, "/query_segment?segment=nonsense", "'segment' is not legal");
        await FailsAsync(f, "/query_segment", "'segment' is not legal");
    }

    [Fact]
    public async Task A_drain_job_begins_is_seen_and_is_cancelled()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a");
        // A rank that could take the object and does not come for it.
        using MetaConnection other = f.Pool.Connect();
        ServerFixture.JoinOk(other, 64 << 20);
        using HttpResponseMessage answer = await f.SendAsync(
            HttpMethod.Post, "/api/v1/drain_jobs", """{"segments": ["rank-0-dram"], "policy": "move"}""");
        JsonElement job = await HttpFixture.ReadAsync(answer);
        Assert.Equal(
            [
                "success", "job_id", "segments", "policy", "state", "moved_objects", "moved_bytes", "remaining_objects", "error",
            ],
            NamesOf(job));
        string id = job.GetProperty("job_id").GetString()!;
        Assert.Equal(id, (await f.GetAsync("/api/v1/drain_jobs/query?job_id=" + id)).GetProperty("job_id").GetString());
        JsonElement status = await f.GetAsync("/api/v1/segments/status?segment=rank-0-dram");
        Assert.Equal("""{"success":true,"segment":"rank-0-dram","status":1,"status_name":"DRAINING"}""", status.GetRawText());
        JsonElement ranks = await f.GetAsync("/api/v1/ranks");
        Assert.Equal("draining", ranks.GetProperty("ranks")[0].GetProperty("state").GetString());
        using HttpResponseMessage cancelled = await f.SendAsync(HttpMethod.Post, "/api/v1/drain_jobs/cancel?job_id=" + id);
        Assert.Equal("cancelled", (await HttpFixture.ReadAsync(cancelled)).GetProperty("state").GetString());
        await FailsAsync(f, "/api/v1/drain_jobs/query?job_id=none", "no such job");
        using HttpResponseMessage wrong = await f.SendAsync(HttpMethod.Post, "/api/v1/drain_jobs", "{");
        Assert.Contains("is not a job", (await HttpFixture.ReadAsync(wrong)).GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranks_are_listed_with_their_health_and_clients_without_memory_apart()
    {
        await using HttpFixture f = await HttpFixture.StartAsync(options => options.SilenceMs = 60_000);
        using MetaConnection client = f.Fill("a");
        using MetaConnection reader = f.Pool.Connect();
        ServerFixture.JoinOk(reader);
        JsonElement ranks = await f.GetAsync("/api/v1/ranks");
        JsonElement rank = Assert.Single(ranks.GetProperty("ranks").EnumerateArray());
        Assert.Equal(0, rank.GetProperty("rank").GetInt32());
        Assert.Equal("ok", rank.GetProperty("state").GetString());
        Assert.Equal("host", rank.GetProperty("host").GetString());
        Assert.Equal(Environment.ProcessId, rank.GetProperty("process_id").GetInt32());
        JsonElement segment = Assert.Single(rank.GetProperty("segments").EnumerateArray());
        Assert.Equal(1, segment.GetProperty("blobs").GetInt32());
        Assert.InRange(segment.GetProperty("fragmentation").GetDouble(), 0, 1);
        Assert.Equal(-1, Assert.Single(ranks.GetProperty("clients").EnumerateArray()).GetProperty("rank").GetInt32());
    }

    [Fact]
    public async Task Figures_answer_as_text_and_as_rows()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a");
        Assert.Contains("\nmemcache_stored_keys 1\n", await f.TextAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("objects=1 ", await f.TextAsync("/metrics/summary"), StringComparison.Ordinal);
        JsonElement rows = await f.GetAsync("/api/v1/analysis/alloc_free_latency");
        Assert.Equal(["success", "timestamp", "data_source_ready", "rows"], NamesOf(rows));
        JsonElement row = rows.GetProperty("rows")[0];
        Assert.Equal(
            ["name", "begin", "good_end", "bad_end", "on_fly", "min_us", "max_us", "avg_us", "total_us"], NamesOf(row));
        Assert.Equal(1, row.GetProperty("good_end").GetInt64());
        Assert.Contains("good_end", await f.TextAsync("/metrics/ptracer"), StringComparison.Ordinal);
        _ = await f.TextAsync("/get_all_keys");
        Assert.Contains(
            "\nmemcache_get_all_keys_requests_total 1\n", await f.TextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_miss_ratio_curve_has_its_points_and_says_when_there_can_be_none()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a");
        JsonElement curve = await f.GetAsync("/api/v1/analysis/miss_ratio_curve");
        Assert.Equal(
            [
                "success", "timestamp", "data_source_ready", "medium", "capacity_bytes", "capacity_objects", "references",
                "points",
            ],
            NamesOf(curve));
        Assert.Equal(64 << 20, curve.GetProperty("capacity_bytes").GetInt64());
        Assert.Equal(
            ["capacity_factor", "capacity_bytes", "capacity_objects", "hit_ratio", "miss_ratio"],
            NamesOf(curve.GetProperty("points")[0]));
        Assert.Equal(8, curve.GetProperty("points").GetArrayLength());
        await FailsAsync(f, "/api/v1/analysis/miss_ratio_curve?medium=tape", "'medium' is not legal");
        await using HttpFixture lru = await HttpFixture.StartAsync(options => options.EvictPolicy = "lru");
        await FailsAsync(lru, "/api/v1/analysis/miss_ratio_curve", "ock.mmc.evict.policy");
    }

    [Fact]
    public async Task The_free_form_store_keeps_gives_and_forgets_texts_within_its_bounds()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using HttpResponseMessage put = await f.SendAsync(HttpMethod.Put, "/metadata?key=%FFname", "täxt");
        Assert.Equal("metadata updated", await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage got = await f.SendAsync(HttpMethod.Get, "/metadata?key=%FFname");
        Assert.Equal("täxt", await got.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("text/plain", got.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
        using HttpResponseMessage deleted = await f.SendAsync(HttpMethod.Delete, "/metadata?key=%FFname");
        Assert.Equal("metadata deleted", await deleted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await FailsAsync(f, "/metadata?key=%FFname", "no entry has this key");
        await FailsAsync(f, "/metadata", "'key' is missing");
        await FailsAsync(f, "/metadata?key=a&key=b", "given twice");
        await FailsAsync(f, "/metadata?key=" + new string('a', 257), "longer than 256");
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            await f.StatusAsync(HttpMethod.Put, "/metadata?key=a", new string('a', HttpLimits.BodyBytesMax + 1)));
    }

    [Fact]
    public async Task An_operator_removes_an_object()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a", "b");
        using HttpResponseMessage removed = await f.SendAsync(HttpMethod.Delete, "/api/v1/keys?key=a");
        Assert.Equal("""{"success":true,"key":"a"}""", (await HttpFixture.ReadAsync(removed)).GetRawText());
        Assert.Equal(
            [MmcStatus.ObjectNotFound, MmcStatus.Ok], ServerFixture.Exists(client, "a", "b"));
        using HttpResponseMessage again = await f.SendAsync(HttpMethod.Delete, "/api/v1/keys?key=a");
        Assert.False((await HttpFixture.ReadAsync(again)).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task What_is_no_call_is_refused_with_the_word_that_http_has_for_it()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using HttpResponseMessage unknown = await f.SendAsync(HttpMethod.Get, "/nothing/../here");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(["success", "error_message", "timestamp"], NamesOf(await HttpFixture.ReadAsync(unknown)));
        using HttpResponseMessage method = await f.SendAsync(HttpMethod.Delete, "/metrics");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        Assert.Equal("GET", method.Content.Headers.Allow.Single());
        Assert.False((await HttpFixture.ReadAsync(method)).GetProperty("success").GetBoolean());
    }

    private static string[] NamesOf(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static async Task FailsAsync(HttpFixture f, string path, string expected)
    {
        JsonElement failure = await f.GetAsync(path);
        Assert.False(failure.GetProperty("success").GetBoolean());
        Assert.True(failure.GetProperty("timestamp").GetInt64() > 0);
        Assert.Contains(expected, failure.GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }
}
