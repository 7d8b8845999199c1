using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class PriorityLimitsTests
{
    [Theory]
    [InlineData("50%", 50, long.MaxValue)]
    [InlineData("0 %", 0, long.MaxValue)]
    [InlineData("10GB", 100, 10L << 30)]
    public void Bounds_of_hard_pins_are_percentages_or_sizes(string text, int percent, long sizeBytes)
    {
        Assert.True(PriorityLimits.TryParsePinLimit(text, out int readPercent, out long readBytes));
        Assert.Equal((percent, sizeBytes), (readPercent, readBytes));
    }

    [Theory]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("half")]
    [InlineData("")]
    public void Others_are_refused(string text) => Assert.False(PriorityLimits.TryParsePinLimit(text, out _, out _));

    [Fact]
    public void Quotas_are_prefixes_with_sizes()
    {
        Assert.True(PriorityLimits.TryParseQuotas(" team/a:1:2GB, b:5M", out IReadOnlyList<(string, long)> quotas));
        Assert.Equal([("team/a:1", 2L << 30), ("b", 5L << 20)], quotas);
        Assert.True(PriorityLimits.TryParseQuotas("", out quotas));
        Assert.Empty(quotas);
    }

    [Theory]
    [InlineData("a")]
    [InlineData(":1GB")]
    [InlineData("a:1GB,a:2GB")]
    [InlineData("a:much")]
    [InlineData("a:1GB,")]
    public void Quotas_that_mean_nothing_are_refused(string text) => Assert.False(PriorityLimits.TryParseQuotas(text, out _));
}
