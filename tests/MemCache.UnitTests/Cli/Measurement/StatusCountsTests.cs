using MemCache.Cli;
using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class StatusCountsTests
{
    [Fact]
    public void Survive_their_way_as_text()
    {
        var counts = new StatusCounts();
        counts.Add("get", [MmcStatus.Ok, MmcStatus.Ok, MmcStatus.ObjectNotFound]);
        counts.Add("put", MmcStatus.AllocationFailed);

        StatusCounts parsed = StatusCounts.Parse(counts.ToString());

        Assert.Equal(counts.Entries, parsed.Entries);
        Assert.Equal(2, parsed.Entries.First(entry => entry.Status == MmcStatus.Ok).Count);
    }

    [Fact]
    public void Of_nothing_are_no_text() => Assert.Empty(StatusCounts.Parse(new StatusCounts().ToString()).Entries);

    [Theory]
    [InlineData("get:1")]
    [InlineData("get:x:1")]
    public void Other_text_is_refused(string text) => Assert.Throws<FormatException>(() => StatusCounts.Parse(text));
}
