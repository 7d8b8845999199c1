using MemCache.Core;
using MemCache.Fabric;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SegmentLayoutTests
{
    [Theory]
    [InlineData(2L << 20)]
    [InlineData(6L << 20)]
    [InlineData(1L << 30)]
    [InlineData(1L << 40)]
    public void The_parts_follow_each_other_and_do_not_overlap(long dataBytes)
    {
        SegmentLayout layout = new(dataBytes);
        Assert.True(layout.IsValid);
        Assert.Equal(dataBytes / Limits.BlobAlignmentBytes, layout.SlotCount);
        Assert.Equal(4096, SegmentLayout.StampOffset);
        Assert.True(layout.DirectoryOffset >= SegmentLayout.StampOffset + (8L * layout.SlotCount));
        Assert.True(layout.DataOffset >= layout.DirectoryOffset + (320L * layout.SlotCount));
        Assert.Equal(0, layout.DirectoryOffset % (2 << 20));
        Assert.Equal(0, layout.DataOffset % (2 << 20));
        Assert.Equal(layout.DataOffset + dataBytes, layout.FileBytes);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2 << 20)]
    [InlineData(2 << 20, 2 << 20)]
    [InlineData((2 << 20) + 1, 4 << 20)]
    public void Sizes_are_rounded_up_to_huge_pages(long wanted, long rounded) =>
        Assert.Equal(rounded, SegmentLayout.RoundUp(wanted));
}
