using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>A MetaService that dies and comes back, and LocalServices that were taken for lost: objects come back with their segments.</summary>
public sealed class RestartTests
{
    private const int SizeMax = 60_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_objects_of_living_segments_come_back_whole_after_a_restart(bool killed)
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        ObjectStore other = pool.OpenStore(32 << 20);
        ChildProcess third = pool.StartHost(32 << 20);
        const int Count = 600;
        for (int i = 0; i < Count; i++)
        {
            ReplicateOptions where = i % 5 == 0 ? new ReplicateOptions(2) : new ReplicateOptions(1, new RankId((ushort)(i % 3)));
            Put(i % 2 == 0 ? store : other, i, where);
        }

        for (int i = 0; i < Count; i += 7)
        {
            Assert.Equal(MmcStatus.Ok, store.Remove(Key(i)));
        }

        WaitForHeartbeats();
        double used = pool.Meta.ReadMetric("memcache_allocated_bytes");
        for (int round = 0; round < 3; round++)
        {
            Restart(pool, killed);
            pool.WaitForMetric("memcache_segments_restoring", v => v == 0, "0");
            pool.WaitForMetric("memcache_sessions", v => v == 3, "3");
            WaitForObjects(pool, Count - ((Count + 6) / 7));
            Assert.Equal(used, pool.Meta.ReadMetric("memcache_allocated_bytes"));
            for (int i = 0; i < Count; i++)
            {
                AssertObject(round % 2 == 0 ? store : other, i, removed: i % 7 == 0);
            }
        }

        Assert.Equal("0", third.Ask($"put fresh {SizeMax}"));
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        WaitForHeartbeats();
        Restart(pool, killed);
        pool.WaitForMetric("memcache_sessions", v => v == 3, "3");
        pool.WaitForMetric("memcache_segments_restoring", v => v == 0, "0");
        Assert.Equal(0, pool.Meta.ReadMetric("memcache_stored_keys"));
        Assert.Equal(0, pool.Meta.ReadMetric("memcache_allocated_bytes"));
    }

    [Fact]
    public void Objects_come_back_with_the_pin_and_the_end_that_they_were_put_with()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(16 << 20);
        Assert.Equal(MmcStatus.Ok, store.Put("hard", new byte[10_000], new() { Pin = ObjectPin.Hard }));
        Assert.Equal(MmcStatus.Ok, store.Put("soft", new byte[4096], new() { Pin = ObjectPin.Soft, TtlMs = 600_000 }));
        Assert.Equal(MmcStatus.Ok, store.Put("over", new byte[4096], new() { TtlMs = 1 }));
        Assert.Equal(MmcStatus.ObjectNotFound, store.SetPriority("none", ObjectPin.Hard));
        pool.WaitForMetric("memcache_objects_expired_total", v => v == 1, "1");
        Restart(pool, killed: true);
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1");
        pool.WaitForMetric("memcache_segments_restoring", v => v == 0, "0");
        WaitForObjects(pool, 2);
        Assert.Equal(2, pool.Meta.ReadMetric("memcache_stored_keys"));
        Assert.Equal(16_384, pool.Meta.ReadMetric("memcache_pinned_bytes"));
        Assert.Equal(1, pool.Meta.ReadMetric("memcache_objects_with_ttl"));
        Assert.Equal(MmcStatus.Ok, store.SetPriority("soft", ObjectPin.None, ttlMs: 0));
        Assert.Equal(12_288, pool.Meta.ReadMetric("memcache_pinned_bytes"));
        Assert.Equal(0, pool.Meta.ReadMetric("memcache_objects_with_ttl"));
    }

    [Fact]
    public void Objects_survive_restarts_under_traffic_and_nothing_leaks()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(24 << 20);
        ChildProcess loader = pool.StartHost(24 << 20);
        const int Count = 150;
        for (int i = 0; i < Count; i++)
        {
            Put(store, i, default);
        }

        loader.Send("load 7 200 60000 10");
        for (int round = 0; round < 4; round++)
        {
            Thread.Sleep(700);
            Restart(pool, killed: true);
            // Not one is missing from the moment that the store is connected: it waits for its own segment.
            for (int i = 0; i < Count; i++)
            {
                AssertObject(store, i, removed: false);
            }
        }

        string[] words = loader.ReadLine(TimeSpan.FromSeconds(60), "the loader").Split(' ');
        Assert.True(words.Length == 6 && words[5] == "0", string.Join(' ', words));
        for (int i = 0; i < Count; i++)
        {
            AssertObject(store, i, removed: false);
        }

        pool.WaitForMetric("memcache_sessions", v => v == 2, "2");
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    [Fact]
    public void A_LocalService_that_was_taken_for_lost_brings_its_objects_back()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(16 << 20);
        ChildProcess sleeper = pool.StartHost(16 << 20);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal("0", sleeper.Ask($"put sleeper-{i} {SizeMax}"));
        }

        Put(store, 1, new ReplicateOptions(2));
        double used = pool.Meta.ReadMetric("memcache_allocated_bytes");
        sleeper.Signal(ProcessSignal.Stop);
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1: the sleeper was taken for lost");
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("sleeper-0"));
        AssertObject(store, 1, removed: false);

        sleeper.Signal(ProcessSignal.Continue);
        pool.WaitForMetric("memcache_objects_restored_total", v => v == 40, "40");
        pool.WaitForMetric("memcache_segments_restoring", v => v == 0, "0");
        Assert.Equal(used, pool.Meta.ReadMetric("memcache_allocated_bytes"));
        byte[] value = new byte[SizeMax];
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(MmcStatus.Ok, store.Get($"sleeper-{i}", value, out long sizeBytes));
            Assert.Equal(SizeMax, sizeBytes);
            Assert.Equal(-1, KeyedContent.FirstWrong($"sleeper-{i}", value));
        }
    }

    [Fact]
    public void A_writer_stopped_in_its_copy_over_a_restart_changes_no_byte_of_any_object()
    {
        const int ObjectBytes = 4 << 20;
        using var pool = new PoolFixture("ock.mmc.evict_threshold_high = 98", "ock.mmc.evict_threshold_low = 95");
        ObjectStore store = pool.OpenStore(32 << 20);
        ChildProcess writer = pool.StartHost();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                Put(store, i, default);
            }

            writer.Ask($"stop-at-piece {1 + (5 * round)}");
            writer.Send($"put-on 0 zombie-{round} {ObjectBytes}");
            writer.WaitUntilStopped(TimeSpan.FromSeconds(20));
            Restart(pool, killed: true);
            WaitUntilConnected(store);
            pool.WaitForMetric("memcache_orphans", v => v == 1, "1: its range is held");

            // Everything that may be given away is given away, several times over.
            for (int i = 100; i < 1500; i++)
            {
                Put(store, i, default);
            }

            writer.Signal(ProcessSignal.Continue);
            Assert.NotEqual("0", writer.ReadLine(TimeSpan.FromSeconds(30), "the stalled put"));
            int whole = Enumerable.Range(0, 1500).Count(i => IsWhole(store, i));
            Assert.True(whole > 200, $"only {whole} objects are left to tell");
            pool.WaitForMetric("memcache_orphans", v => v == 0, "0: the writer has ended, its space is back");
            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists($"zombie-{round}"));
            Restart(pool, killed: true);
            WaitUntilConnected(store);
            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists($"zombie-{round}"));
            Assert.Equal("0", AskUntilConnected(writer, $"put again-{round} 1000"));
        }
    }

    [Fact]
    public void A_writer_killed_in_its_copy_before_the_MetaService_gives_its_space_back_afterwards()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        Put(store, 1, default);
        double used = pool.Meta.ReadMetric("memcache_allocated_bytes");
        ChildProcess writer = pool.StartHost();
        writer.Ask("stop-at-piece 3");
        writer.Send($"put victim {4 << 20}");
        writer.WaitUntilStopped(TimeSpan.FromSeconds(20));
        pool.Meta.Kill();
        writer.Signal(ProcessSignal.Kill);
        Assert.True(writer.WaitForExit(TimeSpan.FromSeconds(20)), "the writer ends");
        pool.Meta.Restart();
        WaitUntilConnected(store);

        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == used, $"{used}");
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("victim"));
        AssertObject(store, 1, removed: false);
    }

    [Fact]
    public void Space_of_an_allocation_that_was_open_comes_back_after_a_restart()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(16 << 20);
        ChildProcess host = pool.StartHost();
        Assert.NotEqual("0", host.Ask("alloc open 1000000 60000"));
        Put(store, 1, default);
        Restart(pool, killed: true);
        WaitUntilConnected(store);
        pool.WaitForMetric("memcache_sessions", v => v == 2, "2");
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        AssertObject(store, 1, removed: false);
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("open"));
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    private static void Restart(PoolFixture pool, bool killed)
    {
        if (killed)
        {
            pool.Meta.Kill();
        }
        else
        {
            pool.Meta.Stop();
        }

        pool.Meta.Restart();
    }

    // The owners hear of removals with a heartbeat; two of them (100 ms in these pools) and some room.
    private static void WaitForHeartbeats() => Thread.Sleep(600);

    private static string Key(int i) => FormattableString.Invariant($"object-{i}");

    private static int SizeOf(int i) => 1 + (int)(SplitMix64.Mix((ulong)i) % SizeMax);

    private static void Put(ObjectStore store, int i, in ReplicateOptions options)
    {
        byte[] value = new byte[SizeOf(i)];
        KeyedContent.Fill(Key(i), value);
        Assert.Equal(MmcStatus.Ok, store.Put(Key(i), value, options));
    }

    private static void WaitForObjects(PoolFixture pool, int count) =>
        pool.WaitForMetric(
            "memcache_stored_keys", v => v >= count, count.ToString(CultureInfo.InvariantCulture));

    private static void WaitUntilConnected(ObjectStore store)
    {
        long begin = Stopwatch.GetTimestamp();
        MmcStatus status = store.Exists("any");
        while (status != MmcStatus.ObjectNotFound)
        {
            Assert.True(Stopwatch.GetElapsedTime(begin).TotalSeconds < 20, $"connected again: {status}");
            Thread.Sleep(10);
            status = store.Exists("any");
        }
    }

    private static void AssertObject(ObjectStore store, int i, bool removed)
    {
        long begin = Stopwatch.GetTimestamp();
        byte[] value = new byte[SizeMax];
        MmcStatus status = store.Get(Key(i), value, out long sizeBytes);
        while (status == MmcStatus.NotConnectedToMeta && Stopwatch.GetElapsedTime(begin).TotalSeconds < 20)
        {
            Thread.Sleep(10);
            status = store.Get(Key(i), value, out sizeBytes);
        }

        Assert.True(status == (removed ? MmcStatus.ObjectNotFound : MmcStatus.Ok), $"{Key(i)}: {status}");
        if (!removed)
        {
            Assert.Equal(SizeOf(i), sizeBytes);
            Assert.Equal(-1, KeyedContent.FirstWrong(Key(i), value.AsSpan(0, (int)sizeBytes)));
        }
    }

    private static bool IsWhole(ObjectStore store, int i)
    {
        byte[] value = new byte[SizeMax];
        MmcStatus status = store.Get(Key(i), value, out long sizeBytes);
        Assert.True(status is MmcStatus.Ok or MmcStatus.ObjectNotFound, $"{Key(i)}: {status}");
        Assert.True(
            status != MmcStatus.Ok || KeyedContent.FirstWrong(Key(i), value.AsSpan(0, (int)sizeBytes)) < 0, $"{Key(i)} has other bytes");
        return status == MmcStatus.Ok;
    }

    private static string AskUntilConnected(ChildProcess host, string command)
    {
        string notConnected = ((int)MmcStatus.NotConnectedToMeta).ToString(CultureInfo.InvariantCulture);
        string answer = host.Ask(command);
        for (int i = 0; i < 200 && answer == notConnected; i++)
        {
            Thread.Sleep(50);
            answer = host.Ask(command);
        }

        return answer;
    }
}
