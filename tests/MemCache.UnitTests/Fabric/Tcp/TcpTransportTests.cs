using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class TcpTransportTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4096, 1)]
    [InlineData(16 << 10, 3)]
    [InlineData((16 << 10) + 1, 3)]
    [InlineData(300_001, 122)]
    [InlineData(9 << 20, 122)]
    [InlineData(9 << 20, 3000)]
    public void A_read_brings_the_blobs_bytes(int sizeBytes, int layerCount)
    {
        using var f = new TcpFixture();
        BlobLocation blob = f.Store(3, 7, 5, sizeBytes, seed: 9);
        NativeBuffer memory = f.Memory(sizeBytes);
        f.Batch.AddRead(f.Remote, blob.Offset, 7, TcpFixture.Layers(memory, layerCount));
        Assert.Equal([MmcStatus.Ok], f.Run());
        Assert.Equal(TcpFixture.Bytes(sizeBytes, 9), memory.Slice(0, sizeBytes));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4096, 1)]
    [InlineData(300_001, 122)]
    [InlineData(9 << 20, 122)]
    [InlineData(9 << 20, 3000)]
    public void A_put_stores_the_blob_and_its_identity(int sizeBytes, int layerCount)
    {
        using var f = new TcpFixture();
        NativeBuffer memory = f.Memory(sizeBytes, seed: 3);
        BlobLocation blob = TcpFixture.Blob(4, 11, 2, sizeBytes);
        f.Batch.AddPut(f.Remote, blob, TcpFixture.Identity(0xCAFE), TcpFixture.Layers(memory, layerCount));
        Assert.Equal([MmcStatus.Ok], f.Run());
        Assert.True(f.View.IsCurrent(blob));
        Assert.True(f.View.TryReadSlot(4, out DirectorySlot slot));
        Assert.Equal("the key"u8, slot.Key);
        Assert.Equal((99ul, 2, 1, 0xCAFEu), (slot.PutGeneration, slot.ReplicaCount, slot.ReplicaIndex, slot.Checksum));
        Assert.Equal(TcpFixture.Bytes(sizeBytes, 3), f.View.DataSpan(blob.Offset, sizeBytes));
    }

    [Fact]
    public void Many_operations_of_all_sizes_go_with_one_batch()
    {
        using var f = new TcpFixture(64 << 20, transport: options => options with { StreamCount = 3, StreamBytesMin = 1 << 20 });
        const int Count = 600;
        NativeBuffer source = f.Memory(40 << 20, seed: 1);
        NativeBuffer target = f.Memory(40 << 20);
        var blobs = new BlobLocation[Count];
        long page = 0;
        for (int i = 0; i < Count; i++)
        {
            int sizeBytes = i % 50 == 0 ? 2_000_000 : 1 + (i * 37 % 20_000);
            blobs[i] = TcpFixture.Blob((uint)i, (ulong)i + 1, page, sizeBytes);
            MemoryBuffer[] layers = TcpFixture.Cut(source, page * 4096, sizeBytes, sizeBytes > 5 ? 5 : 1);
            f.Batch.AddPut(f.Remote, blobs[i], TcpFixture.Identity(), layers);
            page += (sizeBytes + 4095) / 4096;
        }

        Assert.All(f.Run(), status => Assert.Equal(MmcStatus.Ok, status));
        foreach (BlobLocation blob in blobs)
        {
            MemoryBuffer[] layers = TcpFixture.Cut(target, blob.Offset, blob.SizeBytes, blob.SizeBytes > 3 ? 3 : 1);
            f.Batch.AddRead(f.Remote, blob.Offset, blob.Generation, layers);
        }

        Assert.All(f.Run(), status => Assert.Equal(MmcStatus.Ok, status));
        foreach (BlobLocation blob in blobs)
        {
            int size = (int)blob.SizeBytes;
            Assert.Equal(source.Slice(blob.Offset, size), target.Slice(blob.Offset, size));
        }
    }
}
