using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

[SupportedOSPlatform("linux")]
public sealed class RangeTests
{
    private const int ObjectBytes = 100_003;

    [Fact]
    public void Parts_of_objects_are_read_into_layers()
    {
        using var pool = new PoolFixture();
        ObjectStore writer = pool.OpenStore();
        ObjectStore reader = pool.OpenStore(0, o => o.ChecksumEnable = true);
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, writer.Put("k", value));
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        var random = new SplitMix64(3);
        for (int round = 0; round < 200; round++)
        {
            int offset = (int)random.Below(ObjectBytes);
            int size = 1 + (int)random.Below(ObjectBytes - offset);
            int first = (int)random.Below(size);
            var buffers = new BufferBatch();
            if (first > 0)
            {
                buffers.Add(memory.Address, first);
            }

            buffers.Add(memory.Address + (nuint)first, size - first);
            buffers.EndObject();
            Assert.Equal(MmcStatus.Ok, reader.GetRangeBatch(new KeyBatch("k"), [offset], buffers, new MmcStatus[1]));
            Assert.True(value.AsSpan(offset, size).SequenceEqual(memory.Slice(0, size)));
        }
    }

    [Fact]
    public void Part_that_leaves_its_object_fails_alone_and_nothing_is_read_for_it()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        Assert.Equal(MmcStatus.Ok, store.Put("k", KeyedContent.Of("k", ObjectBytes)));
        using NativeBuffer memory = NativeBuffer.Allocate(4096);
        memory.Slice(0, 4096).Fill(0xEE);
        long[] offsets = [0, ObjectBytes - 100, ObjectBytes - 99, ObjectBytes, -1, long.MaxValue, long.MinValue, 5, 0];
        var keys = new KeyBatch("k", "k", "k", "k", "k", "k", "k", "absent", "k");
        var buffers = new BufferBatch();
        for (int i = 0; i < offsets.Length; i++)
        {
            buffers.AddObject(i == 8 ? 0 : memory.Address + (nuint)(i * 100), 100);
        }

        var results = new MmcStatus[9];
        store.GetRangeBatch(keys, offsets, buffers, results);
        MmcStatus bad = MmcStatus.InvalidParameter;
        Assert.Equal([MmcStatus.Ok, MmcStatus.Ok, bad, bad, bad, bad, bad, MmcStatus.ObjectNotFound, bad], results);
        Assert.False(memory.Slice(200, 700).ContainsAnyExcept((byte)0xEE));
        Assert.Equal(bad, store.GetRangeBatch(keys, [0], buffers, results));
        Assert.All(results, r => Assert.Equal(bad, r));
        Assert.Equal(MmcStatus.Ok, store.GetRangeBatch(new KeyBatch(), [], new BufferBatch(), results));
    }
}
