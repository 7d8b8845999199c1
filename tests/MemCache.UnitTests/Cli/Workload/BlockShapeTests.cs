using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class BlockShapeTests
{
    [Fact]
    public void The_full_block_has_61_large_and_61_small_buffers()
    {
        BlockShape shape = BlockShape.OfSize(BlockShape.FullSizeBytes);

        Assert.Equal(8784 << 10, shape.SizeBytes);
        Assert.Equal(61, shape.LayerSizes.Count(size => size == 128 << 10));
        Assert.Equal(61, shape.LayerSizes.Count(size => size == 16 << 10));
    }

    [Theory]
    [InlineData(BlockShape.SizeBytesMin)]
    [InlineData(4097)]
    [InlineData(100_003)]
    [InlineData(BlockShape.FullSizeBytes / 64)]
    [InlineData(1_000_001)]
    [InlineData(64L << 20)]
    public void The_buffers_of_a_scaled_block_sum_to_its_size_and_keep_their_proportions(long sizeBytes)
    {
        BlockShape shape = BlockShape.OfSize(sizeBytes);

        Assert.Equal(sizeBytes, shape.SizeBytes);
        Assert.Equal(122, shape.LayerSizes.Count);
        double scale = sizeBytes / (double)BlockShape.FullSizeBytes;
        for (int i = 0; i < shape.LayerSizes.Count; i++)
        {
            double exact = scale * (i % 2 == 0 ? 128 << 10 : 16 << 10);
            Assert.InRange(shape.LayerSizes[i], Math.Max(1, exact - 65), exact + 65);
        }
    }

    [Fact]
    public void The_default_block_scales_every_buffer_exactly()
    {
        BlockShape shape = BlockShape.OfSize(BlockShape.FullSizeBytes / 64);

        Assert.Equal([2048, 256], shape.LayerSizes.Distinct());
    }

    [Fact]
    public void Capacity_counts_whole_pages_of_every_rank()
    {
        BlockShape shape = BlockShape.OfSize(5000);

        Assert.Equal(8192, shape.StoredBytes);
        // 80 % of 100,000 bytes holds 9 blocks of two pages, in each of three ranks.
        Assert.Equal(27, shape.CapacityBlocks(100_000, 3, 80));
    }
}
