using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests.Core;

public class GlobalAddressTests
{
    private static readonly SegmentUuid Uuid = new(UInt128.MaxValue / 3);

    [Fact]
    public void Address_is_positive_and_says_where_it_points()
    {
        foreach (ulong generation in new ulong[] { 1, 2046, 2047, 2048, Limits.GenerationMax })
        {
            foreach (ushort segment in new ushort[] { 0, 1, Limits.SegmentCountMax - 1 })
            {
                long offset = Limits.SegmentBytesMax - Limits.BlobAlignmentBytes;
                GlobalAddress address = new(Uuid, new BlobLocation(new SegmentId(segment), 0, generation, offset, 4096));
                Assert.True(address.IsValid);
                Assert.True((long)address.Value > 0);
                Assert.Equal(segment, address.Segment.Value);
                Assert.Equal(offset, address.Offset);
                Assert.Equal(offset + 4095, address.Add(4095).Offset);
                Assert.Equal(segment, address.Add(4095).Segment.Value);
                Assert.True(address.Add(77).HasTagOf(Uuid, generation));
                Assert.False(address.Add(4096).IsValid);
                Assert.False(address.Add(-offset - 1).IsValid);
                Assert.False(address.Add(long.MinValue).IsValid);
                Assert.False(address.Add(long.MaxValue).IsValid);
            }
        }
    }

    [Fact]
    public void As_many_generations_in_a_row_as_there_are_tags_have_different_ones()
    {
        for (ulong other = 2; other < 2048; other++)
        {
            GlobalAddress address = new(Uuid, new BlobLocation(default, 0, other, 0, 1));
            Assert.False(address.HasTagOf(Uuid, 1), $"generation {other}");
            Assert.False(new GlobalAddress(Uuid, new BlobLocation(default, 0, 1, 0, 1)).HasTagOf(Uuid, other));
        }
    }

    [Fact]
    public void What_is_no_address_is_not_valid()
    {
        Assert.False(default(GlobalAddress).IsValid);
        Assert.False(new GlobalAddress(1UL << 63).IsValid);
        Assert.False(new GlobalAddress(ulong.MaxValue).IsValid);
        Assert.False(new GlobalAddress((1UL << 52) - 1).IsValid);
        Assert.False(default(GlobalAddress).Add(1).IsValid);
        Assert.False(new GlobalAddress(Uuid, new BlobLocation(SegmentId.None, 0, 1, 0, 1)).IsValid);
        Assert.False(new GlobalAddress(Uuid, new BlobLocation(default, 0, 1, -4096, 1)).IsValid);
        Assert.False(new GlobalAddress(Uuid, new BlobLocation(default, 0, 1, Limits.SegmentBytesMax, 1)).IsValid);
        Assert.Equal("0000000000000000", default(GlobalAddress).ToString());
    }

    [Fact]
    public void Segment_that_comes_later_under_the_same_number_has_other_tags()
    {
        int same = 0;
        for (uint i = 0; i < 1000; i++)
        {
            GlobalAddress address = new(new SegmentUuid((UInt128)i * 0x9E3779B97F4A7C15), new BlobLocation(default, 0, 1, 0, 1));
            same += address.HasTagOf(Uuid, 1) ? 1 : 0;
        }

        Assert.True(same < 10, $"{same} of 1000");
    }
}
