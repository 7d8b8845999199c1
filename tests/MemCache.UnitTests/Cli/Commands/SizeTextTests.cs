using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SizeTextTests
{
    [Theory]
    [InlineData("134217728", 134217728L)]
    [InlineData("2048KB", 2048L << 10)]
    [InlineData("200mb", 200L << 20)]
    [InlineData("2.5G", 5L << 29)]
    [InlineData("1TB", 1L << 40)]
    [InlineData(" 3 k ", 3L << 10)]
    public void Reads_sizes_as_people_write_them(string text, long sizeBytes)
    {
        Assert.True(SizeText.TryParse(text, out long parsed));
        Assert.Equal(sizeBytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("GB")]
    [InlineData("1XB")]
    [InlineData("1e9")]
    [InlineData("99999999999TB")]
    public void Refuses_what_is_no_size(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData(1, "1 B")]
    [InlineData(1536, "1.50 KiB")]
    [InlineData(1610612736, "1.50 GiB")]
    public void Writes_sizes_for_people(double sizeBytes, string text) => Assert.Equal(text, SizeText.Format(sizeBytes));
}
