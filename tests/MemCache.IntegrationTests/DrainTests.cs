using System.Globalization;
using System.Text.Json;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Taking ranks out of a pool while it is used, and replacing what a lost one held.</summary>
public sealed class DrainTests
{
    private const int Count = 60;
    private const int SizeBytes = 200_000;

    private readonly byte[] _value = new byte[SizeBytes];

    [Fact]
    public void Drained_rank_is_emptied_while_every_object_stays_readable()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        ObjectStore reader = pool.OpenStore(0);
        ObjectStore first = pool.OpenStore(32 << 20);
        pool.StartHost(32 << 20);
        pool.StartHost(32 << 20);
        string segment = $"rank-{first.Rank.Value}-dram";
        PutAll(first);
        Assert.Equal("OK", api.StatusOf(segment));
        Assert.Equal(3, api.GetText("/get_all_segments").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        string job = api.Begin(segment);
        long moved = 0;
        JsonElement done = api.WaitFor(job, "done", () =>
        {
            long now = api.Query(job).GetProperty("moved_objects").GetInt64();
            Assert.True(now >= moved);
            moved = now;
            AssertAllReadable(reader);
        });

        Assert.Equal(Count, done.GetProperty("moved_objects").GetInt64());
        Assert.Equal((long)Count * SizeBytes, done.GetProperty("moved_bytes").GetInt64());
        Assert.Equal(0, done.GetProperty("remaining_objects").GetInt64());
        Assert.Equal("DRAINED", api.StatusOf(segment));
        AssertAllReadable(reader);
        AssertAllReadable(first);

        // The rank is still a member: what it puts goes elsewhere. Then it leaves, and nothing is missing.
        Assert.Equal(MmcStatus.Ok, first.Put("new", "value"u8));
        Assert.Equal("DRAINED", api.StatusOf(segment));
        first.Dispose();
        AssertAllReadable(reader);
        Assert.Equal("value"u8.ToArray(), reader.Get("new"));

        // And comes back as a usual one.
        ObjectStore again = pool.OpenStore(32 << 20);
        Assert.Equal($"rank-{again.Rank.Value}-dram", segment);
        Assert.Equal("OK", api.StatusOf(segment));
        AssertAllReadable(again);
    }

    [Fact]
    public void Drained_rank_is_emptied_to_another_host()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        ObjectStore first = pool.OpenStore(32 << 20, pool.On(0));
        ChildProcess second = pool.StartHost(32 << 20, pool.SettingsOn(1));
        PutAll(first, new ReplicateOptions(1, first.Rank));
        JsonElement done = api.WaitFor(api.Begin($"rank-{first.Rank.Value}-dram"), "done", () => AssertAllReadable(first));
        Assert.Equal(Count, done.GetProperty("moved_objects").GetInt64());
        AssertAllReadable(first);
        first.Dispose();
        Assert.Equal("0", second.Ask($"get {Key(7)} {SizeBytes}"));
    }

    [Fact]
    public void Mover_killed_in_the_middle_of_a_drain_leaves_no_hole_and_no_leak()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        ObjectStore reader = pool.OpenStore(0);
        ObjectStore first = pool.OpenStore(48 << 20);
        ChildProcess second = pool.StartHost(48 << 20);
        PutAll(first);
        second.Ask($"kill-at-move {Count / 2}");
        string job = api.Begin($"rank-{first.Rank.Value}-dram");
        Assert.True(second.WaitForExit(TimeSpan.FromSeconds(20)), "the mover kills itself in its copy");
        pool.WaitForMetric("memcache_sessions", v => v == 2, "2");
        long lost = Count - CountReadable(reader);
        Assert.True(lost is > 0 and < Count / 2, $"{lost} objects went with the killed rank");

        // Without any other rank the job says so, and what was not moved is still there; with one a new job comes to its end.
        JsonElement failed = api.WaitFor(job, "failed");
        Assert.Contains("find no room elsewhere", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(Count - lost, CountReadable(reader));
        pool.StartHost(48 << 20);
        api.WaitFor(api.Begin($"rank-{first.Rank.Value}-dram"), "done", () => Assert.Equal(Count - lost, CountReadable(reader)));
        Assert.Equal(Count - lost, CountReadable(reader));

        Assert.Equal(MmcStatus.Ok, reader.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        pool.WaitForMetric("memcache_moves_in_flight", v => v == 0, "0");
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
    }

    [Fact]
    public void Drain_goes_on_with_the_other_ranks_when_a_mover_is_killed()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        ObjectStore reader = pool.OpenStore(0);
        ObjectStore first = pool.OpenStore(48 << 20);
        ChildProcess second = pool.StartHost(48 << 20);
        pool.StartHost(48 << 20);
        PutAll(first);
        second.Ask("kill-at-move 3");
        string job = api.Begin($"rank-{first.Rank.Value}-dram");
        Assert.True(second.WaitForExit(TimeSpan.FromSeconds(20)), "the mover kills itself in its copy");
        api.WaitFor(job, "done");

        // What had moved to the killed rank is lost with it, as any object there; the rest is whole.
        Assert.True(CountReadable(reader) > 0);
        Assert.Equal("DRAINED", api.StatusOf($"rank-{first.Rank.Value}-dram"));
        Assert.Equal(MmcStatus.Ok, reader.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    [Fact]
    public void Replicas_of_a_killed_rank_are_made_anew()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.repair_bytes_per_second = 100MB");
        ObjectStore reader = pool.OpenStore(0);
        ObjectStore first = pool.OpenStore(48 << 20);
        ChildProcess second = pool.StartHost(48 << 20);
        PutAll(first, new ReplicateOptions(2));
        pool.StartHost(48 << 20);
        pool.WaitForMetric("memcache_sessions", v => v == 4, "4");
        second.Signal(ProcessSignal.Kill);

        pool.WaitForMetric("memcache_repaired_replicas_total", v => v == Count, $"{Count}", TimeSpan.FromSeconds(40));
        AssertAllReadable(reader);
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(2, ReplicasOf(reader, Key(i))));

        // Either of the two is enough now.
        first.Dispose();
        AssertAllReadable(reader);
    }

    [Fact]
    public void Cancelled_drain_puts_the_segment_back_into_use()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        ObjectStore first = pool.OpenStore(32 << 20);
        ObjectStore second = pool.OpenStore(32 << 20);
        PutAll(first);
        string segment = $"rank-{first.Rank.Value}-dram";
        string job = api.Begin(segment);
        Assert.Equal("DRAINING", api.StatusOf(segment));
        JsonElement twice = api.Post("/api/v1/drain_jobs", $$"""{"segments": ["{{segment}}"]}""");
        Assert.False(twice.GetProperty("success").GetBoolean());
        Assert.Contains(job, twice.GetProperty("error_message").GetString(), StringComparison.Ordinal);

        JsonElement cancelled = api.Post("/api/v1/drain_jobs/cancel?job_id=" + job, "");
        Assert.Equal("cancelled", cancelled.GetProperty("state").GetString());
        Assert.Equal("OK", api.StatusOf(segment));
        Assert.Equal(MmcStatus.Ok, second.Put("there", "value"u8, new ReplicateOptions(1, first.Rank)));
        AssertAllReadable(second);
        Assert.False(api.Post("/api/v1/drain_jobs/cancel?job_id=" + job, "").GetProperty("success").GetBoolean());
    }

    [Fact]
    public void Dropped_segment_loses_its_objects_but_not_those_with_other_replicas()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        ObjectStore first = pool.OpenStore(48 << 20);
        ObjectStore second = pool.OpenStore(48 << 20);
        PutAll(first, new ReplicateOptions(2));
        Assert.Equal(MmcStatus.Ok, first.Put("single", "value"u8, new ReplicateOptions(1, first.Rank)));
        JsonElement done = api.WaitFor(api.Begin($"rank-{first.Rank.Value}-dram", "drop"), "done", () => AssertAllReadable(second));
        Assert.Equal("drop", done.GetProperty("policy").GetString());
        AssertAllReadable(second);
        Assert.Equal(MmcStatus.ObjectNotFound, second.Exists("single"));
    }

    [Fact]
    public void Requests_that_name_nothing_or_make_no_sense_are_refused_with_a_text()
    {
        using var pool = new PoolFixture();
        using var api = new DrainApi(pool.Meta.MetricsUrl);
        pool.OpenStore(8 << 20);
        string[] bodies =
        [
            "", "null", "{", "[]", "{}", """{"segments": []}""", """{"segments": ["rank-9-dram"]}""", """{"segments": [null]}""",
            """{"segments": ["rank-0-dram", "rank-0-dram"]}""", """{"segments": ["rank-0-dram"], "policy": "burn"}""",
            """{"segments": "rank-0-dram"}""", new string(' ', 20_000),
            $$"""{"segments": [{{string.Join(',', Enumerable.Repeat("\"rank-0-dram\"", 65))}}]}""",
        ];
        foreach (string body in bodies)
        {
            AssertRefused(api.Post("/api/v1/drain_jobs", body));
        }

        AssertRefused(api.Get("/api/v1/drain_jobs/query"));
        AssertRefused(api.Get("/api/v1/drain_jobs/query?job_id=" + new string('x', 1000)));
        AssertRefused(api.Post("/api/v1/drain_jobs/cancel?job_id=none", ""));
        AssertRefused(api.Get("/api/v1/segments/status?segment=rank-0-hbm"));
        AssertRefused(api.Get("/api/v1/segments/status?segment=segment"));
        Assert.Equal("OK", api.StatusOf("rank-0-dram"));
    }

    [Fact]
    public void Store_that_leaves_with_move_takes_nothing_with_it()
    {
        using var pool = new PoolFixture();
        ObjectStore reader = pool.OpenStore(32 << 20);
        ChildProcess host = pool.StartHost(
            32 << 20, "ock.mmc.local_service.leave.policy=move", "ock.mmc.local_service.leave.timeout_seconds=30");
        int rank = int.Parse(host.Ask("rank"), CultureInfo.InvariantCulture);
        PutAll(reader, new ReplicateOptions(1, new RankId((ushort)rank)));

        host.Send("close");
        using var reading = new CancellationTokenSource();
        long reads = 0;
        while (!host.WaitForExit(TimeSpan.Zero))
        {
            AssertAllReadable(reader);
            reads++;
        }

        Assert.True(reads > 0);
        AssertAllReadable(reader);
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1");
        Assert.Equal(Count, pool.Meta.ReadMetric("memcache_moved_replicas_total"));
    }

    [Fact]
    public void Leaving_with_move_ends_in_time_when_there_is_nowhere_to_go()
    {
        using var pool = new PoolFixture();
        ObjectStore alone = pool.OpenStore(32 << 20, o =>
        {
            o.LeavePolicy = "move";
            o.LeaveTimeoutSeconds = 20;
        });
        PutAll(alone);
        alone.Dispose();
        pool.WaitForMetric("memcache_sessions", v => v == 0, "0");
    }

    private static string Key(int i) => $"drain-{i}";

    private void PutAll(ObjectStore store, ReplicateOptions options = default)
    {
        for (int i = 0; i < Count; i++)
        {
            KeyedContent.Fill(Key(i), _value);
            Assert.Equal(MmcStatus.Ok, store.Put(Key(i), _value, options));
        }
    }

    private void AssertAllReadable(ObjectStore store)
    {
        for (int i = 0; i < Count; i++)
        {
            MmcStatus status = store.Get(Key(i), _value, out long sizeBytes);
            Assert.True(status == MmcStatus.Ok, $"{Key(i)}: {status}");
            Assert.Equal(SizeBytes, sizeBytes);
            Assert.True(KeyedContent.FirstWrong(Key(i), _value) < 0, $"{Key(i)} is wrong");
        }
    }

    private long CountReadable(ObjectStore store)
    {
        long count = 0;
        for (int i = 0; i < Count; i++)
        {
            MmcStatus status = store.Get(Key(i), _value, out _);
            Assert.True(status is MmcStatus.Ok or MmcStatus.ObjectNotFound, $"{Key(i)}: {status}");
            Assert.True(status != MmcStatus.Ok || KeyedContent.FirstWrong(Key(i), _value) < 0, $"{Key(i)} is wrong");
            count += status == MmcStatus.Ok ? 1 : 0;
        }

        return count;
    }

    private static int ReplicasOf(ObjectStore store, string key)
    {
        var described = new ObjectDescription[1];
        Assert.Equal(MmcStatus.Ok, store.Query(new KeyBatch(key), described));
        return described[0].Ranks.Count;
    }

    private static void AssertRefused(JsonElement answer)
    {
        Assert.False(answer.GetProperty("success").GetBoolean(), answer.GetRawText());
        Assert.NotEqual("", answer.GetProperty("error_message").GetString());
        Assert.True(answer.GetProperty("timestamp").GetInt64() > 0);
    }
}
