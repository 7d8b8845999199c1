using MemCache.Core;
using Xunit;

namespace MemCache.SimulationTests;

public class SimulationTests
{
    private const int StepCount = 3000;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 20).Select(i => SplitMix64.Mix((ulong)i))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Invariants_hold_after_every_step(ulong seed)
    {
        World world = new(seed);
        try
        {
            world.Run(StepCount);
            world.Drain();
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}: {exception.Message}\nrepeat: MMC_SEED={seed} ./mmc test simulation\n{exception.StackTrace}");
        }

        Assert.True(world.VerifiedReads > 0, $"seed {seed}: no read was verified");
    }

    /// <summary>A seed from the environment, for repeating a failure and for nightly runs with random ones.</summary>
    [Fact]
    public void Invariants_hold_for_the_seed_from_the_environment()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("MMC_SEED"), out ulong seed))
        {
            World world = new(seed);
            world.Run(StepCount);
            world.Drain();
        }
    }
}
