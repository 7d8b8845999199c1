using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("134217728", 134217728)]
    [InlineData("2048KB", 2L << 20)]
    [InlineData("200mb", 200L << 20)]
    [InlineData("2.5G", 5L << 29)]
    [InlineData(" 1 TB ", 1L << 40)]
    [InlineData("7B", 7)]
    [InlineData("7 b", 7)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("64 Mi", 64L << 20)]
    [InlineData("3kib", 3L << 10)]
    public void Reads_sizes_as_people_write_them(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out long sizeBytes));
        Assert.Equal(expected, sizeBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("GB")]
    [InlineData("-1")]
    [InlineData("1 XB")]
    [InlineData("1e3")]
    [InlineData("99999999999TB")]
    [InlineData("1i")]
    [InlineData("1iB")]
    [InlineData("1BB")]
    [InlineData("+1")]
    [InlineData("1\0")]
    [InlineData("1,5GB")]
    public void Refuses_what_is_no_size(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(1536, "1536")]
    [InlineData(1536L << 20, "1536MB")]
    [InlineData(1L << 30, "1GB")]
    [InlineData(1L << 50, "1024TB")]
    public void Formats_exactly(long sizeBytes, string expected)
    {
        Assert.Equal(expected, ByteSize.FormatExact(sizeBytes));
        Assert.True(ByteSize.TryParse(expected, out long read));
        Assert.Equal(sizeBytes, read);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(8784L << 10, "8.58 MiB")]
    [InlineData(1L << 40, "1 TiB")]
    public void Formats_in_the_largest_unit(long sizeBytes, string expected) => Assert.Equal(expected, ByteSize.Format(sizeBytes));
}
