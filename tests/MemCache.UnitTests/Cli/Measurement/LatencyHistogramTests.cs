using MemCache.Cli;
using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_right_to_four_percent()
    {
        var random = new SplitMix64(3);
        var histogram = new LatencyHistogram();
        var durations = new List<long>();
        for (int i = 0; i < 5000; i++)
        {
            long ticks = (long)Math.Exp(random.Unit() * 16) + 1;
            durations.Add(ticks);
            histogram.Record(TimeSpan.FromTicks(ticks));
        }

        durations.Sort();
        foreach (double quantile in (double[])[0.01, 0.5, 0.99, 1])
        {
            double exact = durations[(int)Math.Ceiling(quantile * durations.Count) - 1] / 10.0;
            Assert.InRange(histogram.Microseconds(quantile), exact * 0.96, exact * 1.04);
        }
    }

    [Fact]
    public void Survives_its_way_as_text_and_adds_up()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.Zero);
        histogram.Record(TimeSpan.FromMicroseconds(5));
        histogram.Record(TimeSpan.FromHours(3));

        LatencyHistogram copy = LatencyHistogram.Parse(histogram.ToString());
        copy.Add(histogram);

        Assert.Equal(6, copy.Count);
        Assert.Equal(histogram.Microseconds(0.5), copy.Microseconds(0.5));
        Assert.Equal("-", new LatencyHistogram().ToString());
        Assert.Equal(0, LatencyHistogram.Parse("-").Microseconds(0.5));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1:x")]
    [InlineData("-3:1")]
    [InlineData("999999:1")]
    public void Text_that_is_no_histogram_is_refused(string text) =>
        Assert.Throws<FormatException>(() => LatencyHistogram.Parse(text));
}
