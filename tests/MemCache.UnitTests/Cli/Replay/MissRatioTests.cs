using MemCache.Cli;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>What one pool estimates of others against what those others hit.</summary>
public sealed class MissRatioTests
{
    private const double Tolerance = 0.02;

    [Theory]
    [InlineData("chat", 2000)]
    [InlineData("slow-chat", 2000)]
    [InlineData("scan", 2000)]
    public void The_estimate_is_near_the_simulated_truth(string workload, int capacity)
    {
        ReplayTrace trace = ReplayTrace.Of(SyntheticWorkload.Generate(new SyntheticOptions { Name = workload, RequestCount = 4000 }));
        var pool = new ReuseReplay(trace.BlockCount, capacity, refuses: false, estimates: true);
        HitRatio(trace, pool);

        MissRatioEstimator estimator = pool.MissRatio!;
        Assert.Equal(trace.ReferenceCount, estimator.ReferenceCount);
        for (int level = 0; level < MissRatioEstimator.LevelCount; level++)
        {
            int other = (int)estimator.CapacityCountOf(level);
            double truth = HitRatio(trace, new ReuseReplay(trace.BlockCount, other, refuses: false, estimates: false));
            double estimate = estimator.HitRatioOf(level);
            // Eight times the capacity is as much as is remembered: what was forgotten can't count, so it may be more.
            double low = MissRatioEstimator.Factors[level] < 8 ? truth - Tolerance : truth - 2 * Tolerance;
            Assert.True(estimate >= low && estimate <= truth + Tolerance, $"{workload}: {other} blocks hit {truth}, estimated {estimate}");
        }
    }

    [Fact]
    public void More_capacity_is_never_estimated_to_hit_less()
    {
        ReplayTrace trace = ReplayTrace.Of(SyntheticWorkload.Generate(new SyntheticOptions { Name = "chat", RequestCount = 3000 }));
        var pool = new ReuseReplay(trace.BlockCount, 1000, refuses: false, estimates: true);
        HitRatio(trace, pool);

        for (int level = 1; level < MissRatioEstimator.LevelCount; level++)
        {
            Assert.True(pool.MissRatio!.HitRatioOf(level) >= pool.MissRatio.HitRatioOf(level - 1));
        }
    }

    [Fact]
    public void Estimating_does_not_change_who_leaves()
    {
        ReplayTrace trace = ReplayTrace.Of(SyntheticWorkload.Generate(new SyntheticOptions { Name = "chat", RequestCount = 2000 }));

        Assert.Equal(
            HitRatio(trace, new ReuseReplay(trace.BlockCount, 700, refuses: false, estimates: false)),
            HitRatio(trace, new ReuseReplay(trace.BlockCount, 700, refuses: false, estimates: true)));
    }

    [Fact]
    public void What_was_long_ago_counts_less()
    {
        var estimator = new MissRatioEstimator(1000, new HazardTables().Rates);
        estimator.BeginRequest(1);
        estimator.Enter(0);
        for (int i = 0; i < 100; i++)
        {
            estimator.BeginRequest(1);
            estimator.See(0, 1);
        }

        double before = estimator.HitRatioOf(3);
        for (int i = 0; i < 10; i++)
        {
            estimator.Halve();
        }

        Assert.Equal(before, estimator.HitRatioOf(3), 9);
        for (int i = 0; i < 10; i++)
        {
            estimator.BeginRequest(1);
        }

        Assert.InRange(before, 0.98, 1);
        Assert.InRange(estimator.HitRatioOf(3), 0, 0.05);
    }

    private static double HitRatio(ReplayTrace trace, IReplayPolicy pool) =>
        ReplayRun.HitRatio(trace, pool, served: null, TestContext.Current.CancellationToken);
}
