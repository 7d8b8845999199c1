using System.Diagnostics;
using MemCache.Fabric;
using Xunit;

namespace MemCache.UnitTests;

public sealed class AdaptiveSpinTests
{
    private static readonly long Longest = (long)(50 * (Stopwatch.Frequency / 1e6));

    [Fact]
    public void Polling_goes_on_while_it_pays()
    {
        AdaptiveSpin spin = new(50);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(Longest, spin.NextTicks());
            spin.Report(cameInTime: true);
        }
    }

    [Fact]
    public void Four_misses_end_it_and_a_try_in_64_rounds_begins_it_again_when_it_pays()
    {
        AdaptiveSpin spin = new(50);
        for (int i = 0; i < 4; i++)
        {
            Assert.InRange(spin.NextTicks(), 1, Longest);
            spin.Report(cameInTime: false);
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(64, RoundsUntilTry(ref spin));
            spin.Report(cameInTime: false);
        }

        RoundsUntilTry(ref spin);
        spin.Report(cameInTime: true);
        Assert.Equal(Longest, spin.NextTicks());
    }

    [Fact]
    public void Nothing_polls_where_it_is_off()
    {
        AdaptiveSpin spin = new(0);
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(0, spin.NextTicks());
        }
    }

    private static int RoundsUntilTry(ref AdaptiveSpin spin)
    {
        for (int rounds = 1; rounds <= 5000; rounds++)
        {
            if (spin.NextTicks() != 0)
            {
                return rounds;
            }
        }

        return 0;
    }
}
