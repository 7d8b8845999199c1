using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.SimulationTests;

public class SimulationTests
{
    private const int StepCount = 3000;

    /// <summary>Twenty seeds, each with one of the orders of eviction in turns.</summary>
    public static TheoryData<ulong, EvictionOrder> Seeds
    {
        get
        {
            var seeds = new TheoryData<ulong, EvictionOrder>();
            for (ulong i = 1; i <= 20; i++)
            {
                seeds.Add(SplitMix64.Mix(i), i % 2 == 0 ? EvictionOrder.Lru : EvictionOrder.Reuse);
            }

            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Invariants_hold_after_every_step(ulong seed, EvictionOrder order)
    {
        World world = new(seed, order: order);
        try
        {
            world.Run(StepCount);
            world.Drain();
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}, {order}: {exception.Message}\nrepeat: MMC_ORDER={order} MMC_SEED={seed} dotnet test --project tests/MemCache.SimulationTests\n{exception.StackTrace}");
        }

        Assert.True(world.VerifiedReads > 0, $"seed {seed}: no read was verified");
    }

    [Theory]
    [InlineData(301, EvictionOrder.Lru)]
    [InlineData(302, EvictionOrder.Reuse)]
    [InlineData(303, EvictionOrder.Lru)]
    [InlineData(304, EvictionOrder.Reuse)]
    [InlineData(305, EvictionOrder.Lru)]
    [InlineData(306, EvictionOrder.Reuse)]
    public void Pins_ends_and_quotas_hold_after_every_step(ulong seed, EvictionOrder order)
    {
        World world = new(seed, order: order, hasPriorities: true);
        try
        {
            world.Run(StepCount);
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}, {order}, with priorities: {exception.Message}\n{exception.StackTrace}");
        }

        MetaEngineStats stats = world.Stats;
        string seen = $"changes {world.PinChanges} expired {stats.ObjectsExpired} by quota {stats.EvictedByQuota} "
            + $"refused {stats.Tenants[0].Refusals} pins refused {stats.PinRefusals}";
        Assert.True(world.PinChanges > 0 && stats.ObjectsExpired > 0 && stats.EvictedByQuota + stats.Tenants[0].Refusals > 0, seen);
        world.Drain();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Objects_survive_restarts_and_nothing_is_leaked_or_used_twice(ulong seed, EvictionOrder order)
    {
        World world = new(seed, hasRestarts: true, order: order);
        try
        {
            world.Run(StepCount);
            world.Drain();
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}, {order}, with restarts: {exception.Message}\n{exception.StackTrace}");
        }

        Assert.True(world.RestartCount > 0 && world.RestoredCount > 0, $"seed {seed}: {world.RestoredCount} restored");
    }

    [Fact]
    public void Restarts_come_to_what_they_are_about()
    {
        (int restored, int held, int slots, int conflicts, int late) = (0, 0, 0, 0, 0);
        for (ulong seed = 200; seed < 208; seed++)
        {
            World world = new(seed, hasRestarts: true);
            world.Run(StepCount);
            restored += world.RestoredCount;
            held += world.HeldOverRestart;
            slots += world.SlotsHeldOverRestart;
            conflicts += world.RestoreConflicts;
            late += world.RefusedCopies;
        }

        string seen = $"restored {restored} held {held} slots {slots} conflicts {conflicts} late {late}";
        TestContext.Current.SendDiagnosticMessage(seen);
        Assert.True(restored > 0 && held > 0 && slots > 0 && conflicts > 0 && late > 0, seen);
    }

    [Fact]
    public void Simulation_comes_to_what_it_is_about()
    {
        int missed = 0;
        int refused = 0;
        int held = 0;
        int leased = 0;
        long byReserve = 0;
        long byWatermark = 0;
        long lost = 0;
        long duplicated = 0;
        for (ulong seed = 100; seed < 105; seed++)
        {
            World world = new(seed);
            world.Run(StepCount);
            missed += world.MissedReads;
            refused += world.RefusedCopies;
            held += world.HeldOrphans;
            leased += world.LeasesOfRemoved;
            byReserve += world.Stats.EvictedByReserve;
            byWatermark += world.Stats.EvictedByWatermark;
            lost += world.Stats.ObjectsLost;
            duplicated += world.Stats.CommitsDuplicated;
        }

        Assert.True(missed > 0 && refused > 0 && held > 0, $"missed {missed}, refused {refused}, held {held}");
        Assert.True(byReserve > 0 && byWatermark > 0 && lost > 0, $"reserve {byReserve}, watermark {byWatermark}, lost {lost}");
        Assert.True(duplicated > 0 && leased > 0);
        TestContext.Current.SendDiagnosticMessage(
            $"missed {missed} refused {refused} held {held} evicted {byReserve} + {byWatermark} lost {lost} duplicated {duplicated}");
    }

    [Fact]
    public void Simulation_of_the_learned_order_comes_to_what_it_is_about()
    {
        (long byReuse, long held, long lost, long rejected) = (0, 0, 0, 0);
        for (ulong seed = 100; seed < 105; seed++)
        {
            World world = new(seed, order: EvictionOrder.Reuse);
            world.Run(StepCount);
            MetaEngineStats stats = world.Stats;
            byReuse += stats.Reuse.Sum(reuse => reuse.EvictedByReuse);
            held += stats.Reuse.Sum(reuse => reuse.ProposalsHeld);
            lost += stats.ObjectsLost;
            rejected += stats.ReservesRejected;
        }

        string seen = $"by reuse {byReuse}, held {held}, lost {lost}, rejected {rejected}";
        TestContext.Current.SendDiagnosticMessage(seen);
        Assert.True(byReuse > 0 && held > 0 && lost > 0 && rejected > 0, seen);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Invariants_hold_while_replicas_are_moved_and_repaired(ulong seed, EvictionOrder order)
    {
        World world = new(seed, isElastic: true, order: order);
        try
        {
            world.Run(StepCount);
            world.Drain();
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}, {order}: {exception.Message}\nrepeat: MMC_ELASTIC=1 MMC_ORDER={order} MMC_SEED={seed} dotnet test --project tests/MemCache.SimulationTests\n{exception.StackTrace}");
        }
    }

    [Fact]
    public void Simulation_of_moves_comes_to_what_it_is_about()
    {
        long moved = 0;
        long repaired = 0;
        long drained = 0;
        long dropped = 0;
        int inVain = 0;
        for (ulong seed = 200; seed < 210; seed++)
        {
            World world = new(seed, isElastic: true);
            world.Run(StepCount);
            moved += world.Stats.ReplicasMoved;
            repaired += world.Stats.ReplicasRepaired;
            drained += world.Stats.ObjectsDrained;
            dropped += world.Stats.MovesDropped;
            inVain += world.MovesInVain;
        }

        string counts = $"moved {moved}, repaired {repaired}, drained {drained}, dropped {dropped}, in vain {inVain}";
        Assert.True(moved > 20 && repaired > 20 && drained > 0 && dropped > 0 && inVain > 0, counts);
        TestContext.Current.SendDiagnosticMessage(counts);
    }

    /// <summary>A seed from the environment, for repeating a failure and for nightly runs with random ones.</summary>
    [Fact]
    public void Invariants_hold_for_the_seed_from_the_environment()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("MMC_SEED"), out ulong seed))
        {
            _ = Enum.TryParse(Environment.GetEnvironmentVariable("MMC_ORDER"), out EvictionOrder order);
            World world = new(seed, Environment.GetEnvironmentVariable("MMC_ELASTIC") == "1", order: order);
            world.Run(StepCount);
            world.Drain();
        }
    }
}
