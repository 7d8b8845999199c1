using MemCache.Cli;
using MemCache.Core;
using MemCache.LocalService;
using Xunit;

namespace MemCache.UnitTests;

public sealed class BlockBuffersTests
{
    private static readonly BlockShape Shape = BlockShape.OfSize(10_001);

    [Fact]
    public void Blocks_do_not_overlap_and_fill_the_memory()
    {
        using var buffers = new BlockBuffers(Shape, 3);
        var batch = new BufferBatch();
        var covered = new bool[buffers.SizeBytes];
        for (int place = 0; place < 3; place++)
        {
            buffers.AddTo(batch, place);
            foreach (MemoryBuffer layer in batch.Layers(place))
            {
                Span<bool> range = covered.AsSpan((int)(layer.Address - buffers.Address), (int)layer.SizeBytes);
                Assert.False(range.Contains(true));
                range.Fill(true);
            }
        }

        Assert.Equal([10_001L, 10_001, 10_001], batch.SizesBytes.ToArray());
        Assert.DoesNotContain(false, covered);
    }

    [Fact]
    public void A_filled_block_is_intact_until_it_is_spoilt()
    {
        using var buffers = new BlockBuffers(Shape, 2);
        buffers.Fill(0, 11);
        buffers.Fill(1, 12);

        Assert.True(buffers.IsIntact(0, 11));
        Assert.False(buffers.IsIntact(0, 12));
        Assert.True(buffers.IsIntact(1, 12));
        buffers.Spoil(0);
        Assert.False(buffers.IsIntact(0, 11));
        Assert.True(buffers.IsIntact(1, 12));
    }
}
