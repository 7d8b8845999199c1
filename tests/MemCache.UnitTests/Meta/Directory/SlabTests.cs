using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class SlabTests
{
    [Fact]
    public void Cells_do_not_overlap_and_empty_chunks_go_back()
    {
        ChunkPool pool = new(chunkShift: 16);
        Slab slab = new(pool);
        SplitMix64 random = new(1);
        Dictionary<uint, int> cells = [];
        for (int step = 0; step < 30_000; step++)
        {
            if (random.Below(5) < 3)
            {
                int granules = 9 + (int)random.Below(40);
                uint cell = slab.Allocate(granules);
                Assert.True(slab.IsCell(cell, granules, granules));
                slab.Bytes(cell, granules * Slab.GranuleBytes).Fill((byte)cell);
                Assert.True(cells.TryAdd(cell, granules));
            }
            else if (cells.Count > 0)
            {
                (uint cell, int granules) = cells.First();
                Assert.Equal(-1, slab.Bytes(cell, granules * Slab.GranuleBytes).IndexOfAnyExcept((byte)cell));
                slab.Free(cell);
                cells.Remove(cell);
            }
        }

        foreach ((uint cell, int granules) in cells)
        {
            Assert.Equal(-1, slab.Bytes(cell, granules * Slab.GranuleBytes).IndexOfAnyExcept((byte)cell));
            slab.Free(cell);
        }

        // Chunks serve cells of any size again.
        long before = pool.Bytes;
        for (int i = 0; i < 1000; i++)
        {
            slab.Allocate(60);
        }

        Assert.Equal(before, pool.Bytes);
    }

    [Fact]
    public void Numbers_from_outside_are_not_taken_for_cells()
    {
        Slab slab = new(new ChunkPool(16));
        uint cell = slab.Allocate(9);
        Assert.True(slab.IsCell(cell, 9, 64));
        Assert.False(slab.IsCell(0, 9, 64));
        Assert.False(slab.IsCell(cell + 1, 9, 64));
        Assert.False(slab.IsCell(cell + 9, 9, 64));
        Assert.False(slab.IsCell(cell, 10, 64));
        Assert.False(slab.IsCell(uint.MaxValue, 9, 64));
    }
}
