using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class AgeBinsTests
{
    [Fact]
    public void Bins_take_turns_without_a_gap_and_get_wider()
    {
        uint age = 0;
        for (int bin = 0; bin < AgeBins.FiniteCount; bin++)
        {
            Assert.Equal(age, (uint)AgeBins.First(bin));
            for (int i = 0; i < AgeBins.Width(bin); i++)
            {
                Assert.Equal(bin, AgeBins.Of(age++));
            }

            Assert.True(bin == 0 || AgeBins.Width(bin) >= AgeBins.Width(bin - 1));
        }

        Assert.Equal((uint)AgeBins.TickCount, age);
        Assert.Equal(AgeBins.Ancient, AgeBins.Of(age));
        Assert.Equal(AgeBins.Ancient, AgeBins.Of(ReuseEntry.TickMask));
    }
}
