using MemCache.Cli;
using MemCache.Core;
using MemCache.Meta;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>The learned order behind the engine.</summary>
public sealed class EngineReuseTests
{
    private const int Size = 4096;

    [Theory]
    [InlineData("chat", 2000)]
    [InlineData("system-prompts", 2000)]
    [InlineData("scan", 1000)]
    public void The_engine_hits_what_the_simulation_hits_and_estimates_other_capacities(string workload, int capacity)
    {
        ReplayTrace trace = ReplayTrace.Of(
            SyntheticWorkload.Generate(new SyntheticOptions { Name = workload, RequestCount = 3000 }));
        var pool = new EnginePool(EvictionOrder.Reuse, capacity);
        long hits = 0;
        foreach (int[] request in trace.Requests)
        {
            hits += pool.Serve(request);
        }

        double ratio = (double)hits / trace.ReferenceCount;
        double simulated = HitRatio(trace, capacity);
        Assert.True(Math.Abs(ratio - simulated) <= 0.01, $"{workload}: {ratio:0.0000}, simulated {simulated:0.0000}");
        pool.Engine.CheckInvariants();

        MissRatioCurve curve = pool.Engine.ReadMissRatioCurve(Medium.Dram)!;
        Assert.Equal(trace.ReferenceCount, curve.ReferenceCount);
        Assert.InRange(curve.CapacityCount, capacity * 0.97, capacity * 1.03);
        foreach (MissRatioPoint point in curve.Points.Where(point => point.CapacityFactor <= 4))
        {
            double truth = HitRatio(trace, (int)point.CapacityCount);
            Assert.True(
                Math.Abs(point.HitRatio - truth) <= 0.02,
                $"{workload}, {point.CapacityCount} objects: {point.HitRatio:0.0000}, simulated {truth:0.0000}");
        }
    }

    [Fact]
    public void A_request_that_asks_and_then_reads_in_parts_counts_once_and_one_that_only_reads_counts_too()
    {
        EngineFixture f = Fixture(out SessionId session);
        string[] keys = [.. Enumerable.Range(0, 8).Select(i => $"key-{i}")];
        f.Exists(keys);
        foreach (string key in keys)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, key, Size));
        }

        f.TickAll();
        Assert.Equal((1, 8), Learned(f));
        f.Exists(keys);
        Assert.Equal(MmcStatus.Ok, f.Lookup(keys[0], out _, out _));
        Assert.Equal(MmcStatus.Ok, f.Lookup(keys[5], out _, out _));
        f.TickAll();
        Assert.Equal((2, 16), Learned(f));

        // Read, and read again: both are requests.
        Assert.Equal(MmcStatus.Ok, f.Put(session, "alone", Size));
        f.TickAll();
        (long requests, _) = Learned(f);
        Assert.Equal(MmcStatus.Ok, f.Lookup("alone", out _, out _));
        Assert.Equal(MmcStatus.Ok, f.Lookup("alone", out _, out _));
        Assert.Equal(MmcStatus.Ok, f.Query("alone"));
        f.TickAll();
        Assert.Equal(requests + 2, Learned(f).Requests);
    }

    [Fact]
    public void Too_many_requests_are_not_learned_from_but_what_comes_and_goes_is_always_known()
    {
        EngineFixture f = Fixture(out SessionId session, megabytes: 8);
        string[] keys = [.. Enumerable.Range(0, 1000).Select(i => $"key-{i}")];
        for (int i = 0; i < 100; i++)
        {
            f.Exists(keys);
        }

        foreach (string key in keys)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, key, Size));
        }

        Assert.Equal(MmcStatus.Ok, f.Remove(keys[7]));
        f.TickAll();
        ReuseStats stats = f.Engine.ReadStats().Reuse.Single();
        Assert.True(stats.RequestsUnlearned > 50 && stats.RequestsLearned >= 30, stats.ToString());
        Assert.Equal(999, stats.ResidentCount);
        f.Engine.CheckInvariants();

        // Time gives it room again.
        f.Now += 1000;
        f.TickAll();
        f.Exists(keys);
        f.TickAll();
        Assert.Equal(stats.RequestsLearned + 1, f.Engine.ReadStats().Reuse.Single().RequestsLearned);
    }

    [Fact]
    public void Many_changes_are_learned_by_who_makes_them()
    {
        EngineFixture f = Fixture(out SessionId session, megabytes: 64);
        for (int i = 0; i < 2 * MetaLimits.NotedChangeCountMax; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"key-{i}", Size));
        }

        // No tick has run.
        Assert.True(f.Engine.ReadStats().Reuse.Single().ResidentCount > MetaLimits.NotedChangeCountMax);
    }

    [Fact]
    public void What_is_asked_for_again_and_again_stays_and_what_is_put_once_goes()
    {
        EngineFixture f = Fixture(out SessionId session);
        string[] hot = [.. Enumerable.Range(0, 50).Select(i => $"hot-{i}")];
        int kept = 0;
        for (int round = 0; round < 80; round++)
        {
            f.Now += 10;
            f.Exists(hot);
            foreach (string key in hot.Where(key => f.Query(key) != MmcStatus.Ok))
            {
                Assert.Equal(MmcStatus.Ok, f.Put(session, key, Size));
            }

            // As many as fit, each only once: by last use nothing else would be left.
            for (int i = 0; i < 256; i++)
            {
                string key = $"cold-{round}-{i}";
                f.Exists(key);
                Assert.Equal(MmcStatus.Ok, f.Put(session, key, Size));
                f.TickAll();
            }

            kept = hot.Count(key => f.Query(key) == MmcStatus.Ok);
        }

        Assert.True(kept >= 45, $"{kept} of 50");
    }

    [Fact]
    public void A_forced_reserve_finds_its_few_victims_by_last_use()
    {
        EngineFixture f = new(order: EvictionOrder.Reuse, high: 99, low: 98, leaseMs: 100_000);
        f.Mount(0, 1);
        f.Mount(1, 64);
        SessionId session = f.Open(1);
        var small = new ReplicateOptions(1, new RankId(0));
        var large = new ReplicateOptions(1, new RankId(1));
        for (int i = 0; i < 256; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"small-{i}", Size, small));
        }

        for (int i = 0; i < 15_000; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"large-{i}", Size, large));
        }

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"more-{i}", Size, small));
        }

        MetaEngineStats stats = f.Engine.ReadStats();
        Assert.Equal(20, stats.EvictedByReserve);
        Assert.True(stats.Reuse.Single().EvictedByLastUse > 0);
        Assert.Equal(15_000, Enumerable.Range(0, 15_000).Count(i => f.Query($"large-{i}") == MmcStatus.Ok));
        f.Engine.CheckInvariants();
    }

    [Fact]
    public void What_readers_hold_is_passed_over()
    {
        EngineFixture f = new(order: EvictionOrder.Reuse, high: 99, low: 98, leaseMs: 100_000);
        f.Mount(0, 1);
        SessionId session = f.Open(1);
        for (int i = 0; i < 256; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"key-{i}", Size));
        }

        for (int i = 0; i < 255; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Lookup($"key-{i}", out _, out _));
        }

        Assert.Equal(MmcStatus.Ok, f.Put(session, "new", Size));
        Assert.Equal(MmcStatus.ObjectNotFound, f.Query("key-255"));
        Assert.Equal(MmcStatus.Ok, f.Lookup("new", out _, out _));
        Assert.Equal(MmcStatus.AllocationFailed, f.Put(session, "newer", Size));
        f.Now += 100_001;
        Assert.Equal(MmcStatus.Ok, f.Put(session, "newer", Size));
    }

    [Theory]
    [InlineData(EvictionOrder.Reuse)]
    [InlineData(EvictionOrder.Lru)]
    public void What_was_put_can_be_read_for_the_minimum_residence_even_if_puts_fail_for_it(EvictionOrder order)
    {
        EngineFixture f = new(order: order, minResidenceMs: 1000);
        f.Mount(0, 1);
        SessionId session = f.Open(1);
        f.TickAll();
        List<(string Key, long PutMs)> put = [];
        int failed = 0;
        for (int i = 0; i < 4000; i++)
        {
            string key = $"key-{i}";
            MmcStatus status = f.Put(session, key, Size);
            failed += status == MmcStatus.AllocationFailed ? 1 : 0;
            if (status == MmcStatus.Ok)
            {
                put.Add((key, f.Now));
            }

            f.Now += 3;
            f.TickAll();
            foreach ((string young, _) in put.Where(each => each.PutMs + 1000 > f.Now))
            {
                Assert.Equal(MmcStatus.Ok, f.Query(young));
            }
        }

        // 256 fit and 333 are put in a second: some fail, but those that are old enough give way.
        Assert.True(failed > 0 && put.Count > 2000, $"{failed} failed, {put.Count} put");
    }

    [Fact]
    public void A_put_that_is_not_worth_a_place_succeeds_and_stores_nothing()
    {
        EngineFixture f = new(order: EvictionOrder.Reuse, refuses: true);
        f.Mount(0, 1);
        SessionId session = f.Open(1);
        string[] hot = [.. Enumerable.Range(0, 100).Select(i => $"hot-{i}")];
        for (int round = 0; round < 60; round++)
        {
            f.Now += 10;
            f.Exists(hot);
            foreach (string key in hot.Where(key => f.Query(key) != MmcStatus.Ok))
            {
                f.Put(session, key, Size);
            }

            for (int i = 0; i < 64; i++)
            {
                string key = $"cold-{round}-{i}";
                f.Exists(key);
                MmcStatus status = f.Put(session, key, Size);
                // Refused ones look like ones that are there, so that nothing is written; and are not.
                Assert.True(status is MmcStatus.Ok or MmcStatus.DuplicatedObject);
                Assert.Equal(status == MmcStatus.Ok ? MmcStatus.Ok : MmcStatus.ObjectNotFound, f.Query(key));
                f.TickAll();
            }
        }

        ReuseStats stats = f.Engine.ReadStats().Reuse.Single();
        Assert.True(stats.AdmissionsRefused > 0, stats.ToString());

        // What is written over several calls is never refused: its writer could not tell it from another's object.
        var objects = new ObjectLocation[1];
        for (int i = 0; i < 50; i++)
        {
            f.Engine.Allocate(
                session, new KeyBatch($"allocated-{i}").Spans, [Size], default, Medium.Dram, f.Now, objects,
                new ReplicaLocation[Limits.ReplicaCountMax]);
            Assert.Equal(MmcStatus.Ok, objects[0].Status);
        }
    }

    [Fact]
    public void The_capacity_follows_segments_that_come_and_go()
    {
        EngineFixture f = Fixture(out SessionId session);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"key-{i}", 3 * Size / 2));
        }

        // Two pages an object, 85 of 100 pages.
        f.TickAll();
        Assert.InRange(Capacity(f), 105, 111);
        SegmentId other = f.Mount(1, 3);
        f.TickAll();
        Assert.InRange(Capacity(f), 425, 440);
        f.Engine.DropSegment(other);
        f.TickAll();
        Assert.InRange(Capacity(f), 105, 111);
    }

    [Fact]
    public void The_curve_is_of_a_medium_that_has_segments_and_a_learned_order()
    {
        EngineFixture f = Fixture(out _);
        Assert.Null(f.Engine.ReadMissRatioCurve(Medium.Hbm));
        Assert.Null(f.Engine.ReadMissRatioCurve((Medium)200));
        MissRatioCurve curve = f.Engine.ReadMissRatioCurve(Medium.Dram)!;
        Assert.Equal(
            (Medium.Dram, 1L << 20, 0.0), (curve.Medium, curve.CapacityBytes, curve.ReferenceCount));
        Assert.Equal([0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8], curve.Points.Select(point => point.CapacityFactor));
        Assert.Equal(8L << 20, curve.Points[^1].CapacityBytes);

        EngineFixture lru = new();
        lru.Mount(0, 1);
        Assert.Null(lru.Engine.ReadMissRatioCurve(Medium.Dram));
        Assert.Empty(lru.Engine.ReadStats().Reuse);
    }

    [Fact]
    public void Two_media_learn_and_evict_by_themselves()
    {
        EngineFixture f = Fixture(out SessionId session);
        Assert.Equal(
            MmcStatus.Ok, f.Engine.MountSegment(new RankId(0), Medium.Hbm, 1 << 20, 256, out _));
        var objects = new ObjectLocation[1];
        var replicas = new ReplicaLocation[Limits.ReplicaCountMax];
        for (int i = 0; i < 1000; i++)
        {
            Medium medium = i % 2 == 0 ? Medium.Dram : Medium.Hbm;
            f.Engine.Reserve(session, new KeyBatch($"key-{i}").Spans, [Size], default, medium, f.Now, objects, replicas);
            Assert.Equal(MmcStatus.Ok, objects[0].Status);
            Assert.Equal(MmcStatus.Ok, f.Commit(session, objects[0], replicas));
            f.TickAll();
        }

        f.Engine.CheckInvariants();
        IReadOnlyList<ReuseStats> stats = f.Engine.ReadStats().Reuse;
        Assert.Equal([Medium.Hbm, Medium.Dram], stats.Select(each => each.Medium));
        Assert.All(stats, each => Assert.InRange(each.ResidentCount, 200, 231));
        Assert.All(stats, each => Assert.True(each.EvictedByReuse > 200));
    }

    private static EngineFixture Fixture(out SessionId session, int megabytes = 1)
    {
        EngineFixture f = new(order: EvictionOrder.Reuse);
        f.Mount(0, megabytes);
        session = f.Open(1);
        return f;
    }

    private static (long Requests, long References) Learned(EngineFixture f)
    {
        ReuseStats stats = f.Engine.ReadStats().Reuse.Single();
        return (stats.RequestsLearned, stats.ReferencesLearned);
    }

    private static long Capacity(EngineFixture f) => f.Engine.ReadMissRatioCurve(Medium.Dram)!.CapacityCount;

    private static double HitRatio(ReplayTrace trace, int capacity) => ReplayRun.HitRatio(
        trace, new ReuseReplay(trace.BlockCount, capacity, refuses: false, estimates: false), null,
        TestContext.Current.CancellationToken);
}
