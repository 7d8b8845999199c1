using MemCache.Core;
using MemCache.LocalService;
using Xunit;

namespace MemCache.UnitTests;

public sealed class BufferBatchTests
{
    [Fact]
    public void Objects_are_the_sum_of_their_layers()
    {
        var batch = new BufferBatch();
        batch.Add(0x1000, 10);
        batch.Add(0x2000, 20);
        batch.EndObject();
        batch.AddObject(0x3000, 5);

        Assert.Equal([30L, 5L], batch.SizesBytes.ToArray());
        Assert.Equal([new MemoryBuffer(0x1000, 10), new MemoryBuffer(0x2000, 20)], batch.Layers(0).ToArray());
        Assert.Equal([new MemoryBuffer(0x3000, 5)], batch.Layers(1).ToArray());
    }

    [Fact]
    public void An_object_with_an_illegal_layer_has_size_zero_and_its_neighbours_are_untouched()
    {
        var batch = new BufferBatch();
        batch.AddObject(0x1000, 10);
        batch.AddObject(0, 10);
        batch.AddObject(0x1000, 0);
        batch.AddObject(0x1000, -1);
        batch.AddObject(nuint.MaxValue - 5, 10);
        batch.EndObject();
        for (int i = 0; i <= Limits.LayerCountMax; i++)
        {
            batch.Add(0x1000, 1);
        }

        batch.EndObject();
        batch.AddObject(0x1000, 11);

        Assert.Equal([10L, 0, 0, 0, 0, 0, 0, 11], batch.SizesBytes.ToArray());
    }
}
