using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>A warm store allocates nothing on the thread that calls it.</summary>
public sealed class AllocationTests
{
    private const int WarmCalls = 2000;
    private const int MeasuredCalls = 10_000;

    [Fact]
    public void Warm_calls_of_one_key_allocate_nothing()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.heartbeat_ms = 1000", "ock.mmc.meta_service.silence_ms = 20000");
        ObjectStore store = pool.OpenStore(64 << 20);
        byte[] key = new byte[64];
        byte[] value = new byte[4096];
        long allocated = Measure(i =>
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(key, i % 4000);
            Require(store.Put(key, value));
            Require(store.Exists(key));
            Require(store.Get(key, value, out _));
            Require(store.Remove(key));
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Warm_batches_allocate_nothing()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.heartbeat_ms = 1000", "ock.mmc.meta_service.silence_ms = 20000");
        ObjectStore store = pool.OpenStore(64 << 20);
        using NativeBuffer memory = NativeBuffer.Allocate(16 * 4096);
        var keys = new KeyBatch();
        var buffers = new BufferBatch();
        var results = new MmcStatus[16];
        byte[] key = new byte[32];
        long allocated = Measure(call =>
        {
            keys.Clear();
            buffers.Clear();
            for (int i = 0; i < 16; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(key, (call * 16) + i);
                keys.Add(key);
                buffers.Add(memory.Address + (nuint)(i * 4096), 1000);
                buffers.Add(memory.Address + (nuint)(i * 4096) + 1000, 3096);
                buffers.EndObject();
            }

            Require(store.PutBatch(keys, buffers, default, results));
            Require(store.ExistsBatch(keys, results));
            Require(store.GetBatch(keys, buffers, results));
            Require(store.RemoveBatch(keys, results));
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Warm_copies_by_address_and_of_parts_allocate_nothing()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.heartbeat_ms = 1000", "ock.mmc.meta_service.silence_ms = 20000");
        ObjectStore store = pool.OpenStore(64 << 20);
        using NativeBuffer memory = NativeBuffer.Allocate(16 * 4096);
        var keys = new KeyBatch();
        var written = new KeyBatch();
        var buffers = new BufferBatch();
        long[] offsets = Enumerable.Range(0, 16).Select(i => 100L * i).ToArray();
        for (int i = 0; i < 16; i++)
        {
            keys.Add($"readable-{i}");
            written.Add($"written-{i}");
            buffers.Add(memory.Address + (nuint)(i * 4096), 1000);
            buffers.Add(memory.Address + (nuint)(i * 4096) + 1000, 3096);
            buffers.EndObject();
        }

        var results = new MmcStatus[16];
        GlobalAddress[] readable = AddressTests.Alloc(store, keys, 40_000);
        Require(store.FinishWriteBatch(keys, new int[16], results));
        GlobalAddress[] open = AddressTests.Alloc(store, written, 40_000, leaseMs: 600_000);
        GlobalAddress[] moved = new GlobalAddress[16];
        long allocated = Measure(call =>
        {
            for (int i = 0; i < 16; i++)
            {
                moved[i] = open[i].Add(call % 30_000);
            }

            Require(store.CopyBatch(moved, buffers, CopyDirection.Put));
            for (int i = 0; i < 16; i++)
            {
                moved[i] = readable[i].Add(call % 30_000);
            }

            Require(store.CopyBatch(moved, buffers, CopyDirection.Get, results));
            Require(store.GetRangeBatch(keys, offsets, buffers, results));
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Warm_calls_that_reach_another_host_allocate_nothing()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.heartbeat_ms = 1000", "ock.mmc.meta_service.silence_ms = 20000");
        _ = pool.OpenStore(64 << 20, pool.On(1));
        ObjectStore client = pool.OpenStore(0, pool.On(2));
        byte[] key = new byte[64];
        byte[] value = new byte[4096];
        long allocated = Measure(i =>
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(key, i % 400);
            Require(client.Put(key, value));
            Require(client.Get(key, value, out _));
            Require(client.Remove(key));
        });
        Assert.Equal(0, allocated);
    }

    private static long Measure(Action<int> call)
    {
        for (int i = 0; i < WarmCalls; i++)
        {
            call(i);
        }

        return SteadyState.AllocatedBytes(MeasuredCalls, i => call(WarmCalls + i));
    }

    private static void Require(MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            throw new InvalidOperationException($"a call returned {status}");
        }
    }
}
