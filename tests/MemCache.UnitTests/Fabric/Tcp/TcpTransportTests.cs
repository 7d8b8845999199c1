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

    [Fact]
    public void A_channel_that_buffers_and_shakes_hands_carries_everything()
    {
        using var f = new TcpFixture(
            64 << 20,
            options => options with { Channels = socket => new BufferingChannel(socket, isServer: true) },
            options => options with { Channels = (socket, _) => new BufferingChannel(socket, isServer: false) });
        NativeBuffer source = f.Memory(3 << 20, seed: 1);
        NativeBuffer target = f.Memory(3 << 20);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                int sizeBytes = i % 10 == 0 ? 3 << 20 : 1 + (i * 977 % 20_000);
                BlobLocation blob = TcpFixture.Blob((uint)i, (ulong)(round * 100) + 1, i * 770, sizeBytes);
                f.Batch.AddPut(f.Remote, blob, TcpFixture.Identity(), TcpFixture.Cut(source, 0, sizeBytes, sizeBytes > 5 ? 5 : 1));
            }

            Assert.All(f.Run(), status => Assert.Equal(MmcStatus.Ok, status));
            f.Batch.AddRead(f.Remote, 10 * 770 * 4096, (ulong)(round * 100) + 1, TcpFixture.Layers(target, 122));
            f.Batch.AddRead(f.Remote, 770 * 4096, (ulong)(round * 100) + 1, TcpFixture.Cut(target, 0, 978, 1));
            Assert.Equal([MmcStatus.Ok, MmcStatus.Ok], f.Run());
            Assert.Equal(source.Slice(0, 3 << 20), target.Slice(0, 3 << 20));
        }
    }

    [Fact]
    public void One_large_read_is_split_over_several_connections()
    {
        using var f = new TcpFixture(64 << 20, transport: options => options with { StreamCount = 4 });
        const int SizeBytes = (33 << 20) + 77;
        BlobLocation blob = f.Store(1, 5, 0, SizeBytes, seed: 1, checksum: 77);
        NativeBuffer memory = f.Memory(SizeBytes);
        f.Batch.AddRead(f.Remote, blob.Offset, 5, TcpFixture.Layers(memory, 122), checksumSlot: 1);
        f.Batch.AddRead(f.Remote, new GlobalAddress(f.View.Uuid, blob).Add(5), TcpFixture.Cut(memory, 5, SizeBytes - 5, 3));
        f.Batch.Start(TcpFixture.InTime);
        f.Batch.Finish();
        Assert.Equal((MmcStatus.Ok, MmcStatus.Ok), (f.Batch.StatusAt(0), f.Batch.StatusAt(1)));
        Assert.True(f.Batch.TryGetChecksum(0, out uint checksum));
        Assert.Equal(77u, checksum);
        Assert.Equal(TcpFixture.Bytes(SizeBytes, 1), memory.Slice(0, SizeBytes));
        Assert.Equal(4, f.Server.Statistics.Connections);
    }

    [Fact]
    public void One_batch_goes_to_several_peers()
    {
        using var f = new TcpFixture();
        using var g = new TcpFixture();
        using RemoteSegment other = f.Transport.Open(g.View.Uuid, new RankId(2), g.Server.Address);
        BlobLocation here = f.Store(1, 5, 0, 3 << 20, seed: 1);
        BlobLocation there = g.Store(1, 6, 0, 3 << 20, seed: 2);
        NativeBuffer first = f.Memory(3 << 20);
        NativeBuffer second = f.Memory(3 << 20);
        f.Batch.AddRead(f.Remote, here.Offset, 5, TcpFixture.Layers(first));
        f.Batch.AddRead(other, there.Offset, 6, TcpFixture.Layers(second));
        f.Batch.AddPut(other, TcpFixture.Blob(3, 9, 2000, 3 << 20), TcpFixture.Identity(), TcpFixture.Layers(first));
        Assert.Equal([MmcStatus.Ok, MmcStatus.Ok, MmcStatus.Ok], f.Run());
        Assert.Equal(TcpFixture.Bytes(3 << 20, 1), first.Slice(0, 3 << 20));
        Assert.Equal(TcpFixture.Bytes(3 << 20, 2), second.Slice(0, 3 << 20));
    }

    [Fact]
    public void Both_ends_count_what_they_do()
    {
        using var f = new TcpFixture();
        BlobLocation blob = f.Store(1, 5, 0, 100_000, seed: 1);
        MemoryBuffer[] layers = TcpFixture.Layers(f.Memory(100_000));
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        f.Batch.AddRead(f.Remote, blob.Offset, 6, layers);
        f.Batch.AddPut(f.Remote, TcpFixture.Blob(3, 9, 2000, 100_000), TcpFixture.Identity(), layers);
        Assert.Equal([MmcStatus.Ok, MmcStatus.BlobChanged, MmcStatus.Ok], f.Run());
        foreach (TcpStatistics seen in (TcpStatistics[])[f.Transport.Statistics, f.Server.Statistics])
        {
            Assert.Equal((100_000, 100_000, 3, 1, 1), (seen.BytesIn, seen.BytesOut, seen.Operations, seen.Failures, seen.ReadsChanged));
            Assert.Equal((1, 1, 0), (seen.Connections, seen.ConnectionsOpen, seen.Refusals));
        }
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        using var f = new TcpFixture(64 << 20);
        BlobLocation[] blobs = [.. Enumerable.Range(0, 8).Select(i => f.Store((uint)i, 5, i * 1000, 3_000_000 >> i, seed: (byte)i))];
        string[] failures = new string[4];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            using RemoteBatch batch = f.Transport.NewBatch();
            using NativeBuffer memory = NativeBuffer.Allocate(3_000_000);
            for (int i = 0; i < 100 && failures[t] is null; i++)
            {
                BlobLocation blob = blobs[(i + t) % blobs.Length];
                batch.AddRead(f.Remote, blob.Offset, 5, TcpFixture.Cut(memory, 0, blob.SizeBytes, 3));
                MmcStatus status = f.Run(batch)[0];
                bool isRight = memory.Slice(0, (int)blob.SizeBytes).SequenceEqual(f.View.DataSpan(blob.Offset, (int)blob.SizeBytes));
                failures[t] = status == MmcStatus.Ok && isRight ? failures[t] : $"{i}: {status}";
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);
    }
}
