using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public sealed class ResidenceClockTests
{
    [Fact]
    public void Without_a_residence_nothing_is_young() =>
        Assert.Equal(ulong.MaxValue, new ResidenceClock().YoungSequence(1000, 0));

    [Fact]
    public void Before_anything_was_seen_everything_is_young() =>
        Assert.Equal(0ul, new ResidenceClock().YoungSequence(1000, 10));

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(160)]
    [InlineData(100_000)]
    public void Numbers_are_young_for_the_residence_and_little_longer(int residenceMs)
    {
        var clock = new ResidenceClock();
        const int Step = 7;
        for (long now = 1; now < 4L * residenceMs + 100; now += Step)
        {
            // As many numbers as milliseconds.
            clock.Note(now, (ulong)now, residenceMs);
            ulong young = clock.YoungSequence(now, residenceMs);
            // One given at `now - residence + 1` has to be young.
            Assert.True(young <= (ulong)Math.Max(0, now - residenceMs + 1), $"at {now}: {young}");
            long longest = residenceMs + residenceMs / 16 + 2 * Step;
            Assert.True(now <= longest || (long)young >= now - longest, $"at {now}: {young}");
        }
    }
}
