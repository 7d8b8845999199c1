using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Objects that are allocated, written and read by address, layer by layer.</summary>
[SupportedOSPlatform("linux")]
public sealed class AddressTests
{
    private const int LayerBytes = 5000;
    private const int LayerCount = 7;
    private const int ObjectBytes = LayerBytes * LayerCount;

    [Fact]
    public void Object_written_layer_by_layer_is_readable_only_when_finished()
    {
        using var pool = new PoolFixture();
        ObjectStore writer = pool.OpenStore();
        ObjectStore reader = pool.OpenStore(0);
        var keys = new KeyBatch("a", "b");
        GlobalAddress[] bases = Alloc(writer, keys);
        using NativeBuffer memory = NativeBuffer.Allocate(2 * ObjectBytes);
        Fill(memory, "a", "b");
        for (int layer = 0; layer < LayerCount; layer++)
        {
            Assert.Equal(MmcStatus.Ok, writer.CopyBatch(
                [bases[0].Add(layer * LayerBytes), bases[1].Add(layer * LayerBytes)], Layer(memory, layer), CopyDirection.Put));
            Assert.Equal(MmcStatus.ObjectNotFound, reader.Exists("a"));
        }

        Assert.Equal(2, pool.Meta.ReadMetric("memcache_allocations"));
        Assert.Equal(MmcStatus.StateMismatch, Lease(reader, keys));
        Assert.Equal(MmcStatus.Ok, Finish(writer, keys, 0, 0));
        Assert.Equal(0, pool.Meta.ReadMetric("memcache_allocations"));

        Assert.Equal(KeyedContent.Of("a", ObjectBytes), reader.Get("a"));
        Assert.Equal(KeyedContent.Of("b", ObjectBytes), reader.Get("b"));
        var found = new ObjectDescription[2];
        Assert.Equal(MmcStatus.Ok, reader.Query(keys, found));
        Assert.Equal(bases, found.Select(f => f.Addresses.Single()));
        Assert.Equal(MmcStatus.Ok, Lease(reader, keys));
        memory.Slice(0, 2 * ObjectBytes).Clear();
        for (int layer = LayerCount - 1; layer >= 0; layer--)
        {
            Assert.Equal(MmcStatus.Ok, reader.CopyBatch(
                [bases[0].Add(layer * LayerBytes), bases[1].Add(layer * LayerBytes)], Layer(memory, layer), CopyDirection.Get));
        }

        Assert.Equal(-1, KeyedContent.FirstWrong("a", memory.Slice(0, ObjectBytes)));
        Assert.Equal(-1, KeyedContent.FirstWrong("b", memory.Slice(ObjectBytes, ObjectBytes)));
    }

    [Fact]
    public void Allocation_answers_for_every_key_by_itself()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(4 << 20);
        Assert.Equal(MmcStatus.Ok, store.Put("there", "value"u8));
        var keys = new KeyBatch("there", "new", "new", "", "empty", "huge");
        var addresses = new GlobalAddress[6];
        var results = new MmcStatus[6];
        MmcStatus status = store.AllocBatch(keys, [5, 100, 100, 5, 0, 1L << 38], Medium.Dram, 0, addresses, results);
        Assert.Equal(
            [
                MmcStatus.DuplicatedObject, MmcStatus.Ok, MmcStatus.DuplicatedObject, MmcStatus.InvalidParameter,
                MmcStatus.InvalidParameter, MmcStatus.ExceedsCapacity,
            ],
            results);
        Assert.Equal(MmcStatus.DuplicatedObject, status);
        Assert.Equal([false, true, false, false, false, false], addresses.Select(a => a.IsValid));
        Assert.True((long)addresses[1].Value > 0);
        Assert.Equal(MmcStatus.DuplicatedObject, store.AllocBatch(new KeyBatch("new"), [7], Medium.Dram, 0, addresses, results));
        Assert.Equal(1, pool.Meta.ReadMetric("memcache_allocations"));
    }

    [Fact]
    public void Bad_input_is_refused_and_does_nothing()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        GlobalAddress address = Alloc(store, new KeyBatch("k"))[0];
        using NativeBuffer memory = NativeBuffer.Allocate(2 * ObjectBytes);
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, address.Add(1), memory.Address, ObjectBytes));
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, address.Add(ObjectBytes), memory.Address, 1));
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, address, 0, 10));
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, address, memory.Address, 0));
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, address, memory.Address, -1));
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, default, memory.Address, 10));
        Assert.Equal(MmcStatus.InvalidParameter, Put(store, new GlobalAddress(ulong.MaxValue), memory.Address, 10));
        Assert.Equal(MmcStatus.StateMismatch, Put(store, address.Add(1 << 20), memory.Address, 10));
        Assert.Equal(MmcStatus.InvalidParameter, Get(store, address.Add(ObjectBytes), memory.Address, 1));
        Assert.Equal(MmcStatus.InvalidParameter, store.CopyBatch([address], new BufferBatch(), CopyDirection.Put));
        Assert.Equal(MmcStatus.InvalidParameter, store.CopyBatch([address], One(memory.Address, 1), (CopyDirection)9));
        Assert.Equal(MmcStatus.Ok, store.CopyBatch([], new BufferBatch(), CopyDirection.Put));

        var many = new KeyBatch();
        for (int i = 0; i <= Limits.BatchCountMax; i++)
        {
            many.Add($"{i}");
        }

        var results = new MmcStatus[many.Count];
        long[] sizes = Enumerable.Repeat(1L, many.Count).ToArray();
        Assert.Equal(
            MmcStatus.InvalidParameter, store.AllocBatch(many, sizes, Medium.Dram, 0, new GlobalAddress[many.Count], results));
        Assert.All(results, r => Assert.Equal(MmcStatus.InvalidParameter, r));
        Assert.Equal(MmcStatus.InvalidParameter, store.AddLeaseBatch(many, 0, results));
        Assert.Equal(MmcStatus.InvalidParameter, store.FinishWriteBatch(many, new int[many.Count], results));
        var one = new KeyBatch("x");
        Assert.Equal(MmcStatus.InvalidParameter, store.AllocBatch(one, [1], Medium.Dram, -1, new GlobalAddress[1], results));
        Assert.Equal(MmcStatus.InvalidParameter, store.AllocBatch(one, [1], (Medium)7, 0, new GlobalAddress[1], results));
        Assert.Equal(MmcStatus.InvalidParameter, store.AllocBatch(one, [], Medium.Dram, 0, new GlobalAddress[1], results));
        Assert.Equal(MmcStatus.InvalidParameter, store.AddLeaseBatch(one, -5, results));
        Assert.Equal(MmcStatus.AllocationFailed, store.AllocBatch(one, [1], Medium.Hbm, 0, new GlobalAddress[1], results));
        Assert.Equal(1, pool.Meta.ReadMetric("memcache_allocations"));
    }

    [Fact]
    public void Finishing_again_answers_the_same_and_unknown_keys_are_told()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        Alloc(store, new KeyBatch("kept", "dropped"));
        var keys = new KeyBatch("kept", "dropped", "unknown", "");
        for (int i = 0; i < 3; i++)
        {
            var results = new MmcStatus[4];
            store.FinishWriteBatch(keys, [0, -1, 0, 0], results);
            Assert.Equal([MmcStatus.Ok, MmcStatus.Ok, MmcStatus.KeyNotFound, MmcStatus.InvalidParameter], results);
        }

        Assert.Equal(MmcStatus.StateMismatch, Finish(store, new KeyBatch("dropped"), 0));
        Assert.Equal(MmcStatus.StateMismatch, Finish(store, new KeyBatch("kept"), 1));
        Assert.Equal(MmcStatus.Ok, store.Exists("kept"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("dropped"));
        Alloc(store, new KeyBatch("dropped"));
        Assert.Equal(MmcStatus.Ok, Finish(store, new KeyBatch("dropped"), 0));
        Assert.Equal(MmcStatus.Ok, store.Exists("dropped"));
    }

    [Fact]
    public void First_finish_of_a_key_wins_among_processes()
    {
        using var pool = new PoolFixture();
        ObjectStore first = pool.OpenStore();
        ObjectStore second = pool.OpenStore();
        var key = new KeyBatch("k");
        GlobalAddress[] a = Alloc(first, key);
        GlobalAddress[] b = Alloc(second, key);
        Assert.NotEqual(a[0], b[0]);
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        memory.Slice(0, ObjectBytes).Fill(1);
        Assert.Equal(MmcStatus.Ok, Put(first, a[0], memory.Address, ObjectBytes));
        memory.Slice(0, ObjectBytes).Fill(2);
        Assert.Equal(MmcStatus.Ok, Put(second, b[0], memory.Address, ObjectBytes));
        Assert.Equal(MmcStatus.Ok, Finish(second, key, 0));
        Assert.Equal(MmcStatus.Ok, Finish(first, key, 0));
        Assert.All(first.Get("k")!, value => Assert.Equal(2, value));
        Assert.Equal(MmcStatus.Ok, first.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    [Fact]
    public void Nobody_writes_through_an_address_that_is_not_his_open_allocation()
    {
        using var pool = new PoolFixture();
        ObjectStore writer = pool.OpenStore();
        ObjectStore other = pool.OpenStore();
        var key = new KeyBatch("k");
        GlobalAddress address = Alloc(writer, key)[0];
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        Fill(memory, "k");
        Assert.Equal(MmcStatus.Ok, Put(writer, address, memory.Address, ObjectBytes));
        Assert.Equal(MmcStatus.StateMismatch, Put(other, address, memory.Address, 1));
        Assert.Equal(MmcStatus.StateMismatch, Get(other, address, memory.Address, 1));
        memory.Slice(0, ObjectBytes).Clear();
        Assert.Equal(MmcStatus.Ok, Get(writer, address, memory.Address, ObjectBytes));
        Assert.Equal(-1, KeyedContent.FirstWrong("k", memory.Slice(0, ObjectBytes)));
        Assert.Equal(MmcStatus.Ok, Finish(writer, key, 0));
        Assert.Equal(MmcStatus.StateMismatch, Put(writer, address, memory.Address, 1));
        Assert.Equal(MmcStatus.Ok, Get(other, address, memory.Address, ObjectBytes));
        Assert.Equal(-1, KeyedContent.FirstWrong("k", memory.Slice(0, ObjectBytes)));
        Assert.Equal(MmcStatus.Ok, Get(writer, address.Add(7), memory.Address, 100));
    }

    [Fact]
    public void Address_of_an_object_that_is_gone_gives_an_error_and_never_other_bytes()
    {
        using var pool = new PoolFixture();
        ObjectStore writer = pool.OpenStore(4 << 20);
        ObjectStore told = pool.OpenStore(0);
        ObjectStore stranger = pool.OpenStore(0);
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        for (int round = 0; round < 20; round++)
        {
            var key = new KeyBatch($"victim-{round}");
            Assert.Equal(MmcStatus.Ok, writer.Put(key.KeyText(0), KeyedContent.Of(key.KeyText(0), ObjectBytes)));
            var found = new ObjectDescription[1];
            Assert.Equal(MmcStatus.Ok, told.Query(key, found));
            GlobalAddress address = found[0].Addresses[0];
            Assert.Equal(MmcStatus.Ok, Get(stranger, address.Add(3), memory.Address, 9000));
            Assert.Equal(MmcStatus.Ok, writer.Remove(key.KeyText(0)));
            for (int i = 0; i < 130; i++)
            {
                string filler = $"filler-{round}-{i}";
                Assert.Equal(MmcStatus.Ok, writer.Put(filler, KeyedContent.Of(filler, ObjectBytes)));
            }

            Assert.Equal(MmcStatus.BlobChanged, Get(told, address, memory.Address, ObjectBytes));
            Assert.Equal(MmcStatus.BlobChanged, Get(told, address.Add(LayerBytes), memory.Address, LayerBytes));
            Assert.Equal(MmcStatus.BlobChanged, Get(stranger, address.Add(3), memory.Address, 9000));
            Assert.Equal(MmcStatus.StateMismatch, Put(told, address, memory.Address, 1));
        }
    }

    [Fact]
    public void Allocation_that_is_not_finished_comes_back_when_its_lease_ends()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        var key = new KeyBatch("k");
        var addresses = new GlobalAddress[1];
        var results = new MmcStatus[1];
        Assert.Equal(MmcStatus.Ok, store.AllocBatch(key, [ObjectBytes], Medium.Dram, 100, addresses, results));
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0: the lease of 100 ms has ended");
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        Assert.Equal(MmcStatus.ReservationRevoked, Put(store, addresses[0], memory.Address, 10));
        Assert.Equal(MmcStatus.ReservationRevoked, Finish(store, key, 0));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("k"));
        Alloc(store, key);
        Assert.Equal(MmcStatus.Ok, Finish(store, key, 0));
    }

    [Fact]
    public void Lost_MetaService_revokes_allocations_and_the_next_one_serves()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        GlobalAddress old = Alloc(store, new KeyBatch("k"))[0];
        pool.Meta.Kill();
        pool.Meta.Restart();
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        var addresses = new GlobalAddress[1];
        var results = new MmcStatus[1];
        MmcStatus status = MmcStatus.NotConnectedToMeta;
        for (int i = 0; i < 400 && status == MmcStatus.NotConnectedToMeta; i++)
        {
            Thread.Sleep(25);
            status = store.AllocBatch(new KeyBatch("new"), [ObjectBytes], Medium.Dram, 0, addresses, results);
        }

        Assert.Equal(MmcStatus.Ok, status);
        Assert.Equal(MmcStatus.ReservationRevoked, Put(store, old, memory.Address, 10));
        Assert.Equal(MmcStatus.ReservationRevoked, Finish(store, new KeyBatch("k"), 0));
        Assert.NotEqual(MmcStatus.Ok, Get(store, old, memory.Address, 10));
        Assert.Equal(MmcStatus.Ok, Finish(store, new KeyBatch("new"), 0));
    }

    [Fact]
    public void Closing_a_store_gives_back_what_it_did_not_finish()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        ObjectStore leaving = pool.OpenStore(0);
        Alloc(leaving, new KeyBatch("k"));
        leaving.Dispose();
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        Assert.Equal(MmcStatus.NotInitialised, leaving.CopyBatch([], new BufferBatch(), CopyDirection.Get));
        Assert.Equal(MmcStatus.NotInitialised, Finish(leaving, new KeyBatch("k"), 0));
        Assert.Equal(MmcStatus.NotInitialised, Lease(leaving, new KeyBatch("k")));
        Assert.Equal(MmcStatus.Ok, Finish(store, new KeyBatch()));
    }

    [Fact]
    public async Task Many_threads_write_layers_of_the_same_allocations()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        for (int round = 0; round < 20; round++)
        {
            var keys = new KeyBatch($"a-{round}", $"b-{round}");
            GlobalAddress[] bases = Alloc(store, keys);
            using NativeBuffer memory = NativeBuffer.Allocate(2 * ObjectBytes);
            Fill(memory, keys.KeyText(0), keys.KeyText(1));
            await Task.WhenAll(Enumerable.Range(0, LayerCount).Select(layer => Task.Run(() => Assert.Equal(MmcStatus.Ok, store.CopyBatch(
                [bases[0].Add(layer * LayerBytes), bases[1].Add(layer * LayerBytes)], Layer(memory, layer), CopyDirection.Put)))));
            Assert.Equal(MmcStatus.Ok, Finish(store, keys, 0, 0));
            Assert.Equal(KeyedContent.Of(keys.KeyText(1), ObjectBytes), store.Get(keys.KeyText(1)));
        }
    }

    [Fact]
    public void Object_written_by_address_has_its_checksum()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(16 << 20, o => o.ChecksumEnable = true);
        GlobalAddress address = Alloc(store, new KeyBatch("k"))[0];
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        Fill(memory, "k");
        Assert.Equal(MmcStatus.Ok, Put(store, address, memory.Address, ObjectBytes));
        Assert.Equal(MmcStatus.Ok, Finish(store, new KeyBatch("k"), 0));
        Assert.Equal(KeyedContent.Of("k", ObjectBytes), store.Get("k"));
        Assert.Equal(0, store.Statistics.ChecksumMismatches);
        Assert.Equal(1, store.Statistics.ObjectsPut);
    }

    [Fact]
    public void Allocation_in_a_segment_that_is_gone_is_written_nowhere()
    {
        using var pool = new PoolFixture();
        ObjectStore writer = pool.OpenStore(0);
        ChildProcess provider = pool.StartHost(8 << 20);
        GlobalAddress address = Alloc(writer, new KeyBatch("k"))[0];
        provider.Signal(ProcessSignal.Kill);
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1");
        ObjectStore successor = pool.OpenStore(8 << 20);
        byte[] other = KeyedContent.Of("other", 7 << 20);
        Assert.Equal(MmcStatus.Ok, successor.Put("other", other));
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        for (int i = 0; i < 40; i++)
        {
            // Before and after the writer has heard of it: into memory that nobody reads, or refused.
            MmcStatus status = Put(writer, address, memory.Address, ObjectBytes);
            Assert.True(status is MmcStatus.Ok or MmcStatus.NotConnectedToLocal, status.ToString());
            Thread.Sleep(10);
        }

        Assert.Equal(MmcStatus.NotConnectedToLocal, Put(writer, address, memory.Address, ObjectBytes));
        Assert.Equal(MmcStatus.NotConnectedToLocal, Finish(writer, new KeyBatch("k"), 0));
        Assert.Equal(MmcStatus.ObjectNotFound, writer.Exists("k"));
        Assert.Equal(other, writer.Get("other"));
    }

    internal static GlobalAddress[] Alloc(ObjectStore store, KeyBatch keys, long sizeBytes = ObjectBytes, int leaseMs = 0)
    {
        var addresses = new GlobalAddress[keys.Count];
        var results = new MmcStatus[keys.Count];
        long[] sizes = Enumerable.Repeat(sizeBytes, keys.Count).ToArray();
        Assert.Equal(MmcStatus.Ok, store.AllocBatch(keys, sizes, Medium.Dram, leaseMs, addresses, results));
        return addresses;
    }

    internal static MmcStatus Finish(ObjectStore store, KeyBatch keys, params int[] outcomes) =>
        store.FinishWriteBatch(keys, outcomes, new MmcStatus[keys.Count]);

    internal static MmcStatus Put(ObjectStore store, GlobalAddress address, nuint buffer, long sizeBytes) =>
        store.CopyBatch([address], One(buffer, sizeBytes), CopyDirection.Put);

    internal static MmcStatus Get(ObjectStore store, GlobalAddress address, nuint buffer, long sizeBytes) =>
        store.CopyBatch([address], One(buffer, sizeBytes), CopyDirection.Get);

    private static MmcStatus Lease(ObjectStore store, KeyBatch keys) =>
        store.AddLeaseBatch(keys, 0, new MmcStatus[keys.Count]);

    private static BufferBatch One(nuint buffer, long sizeBytes)
    {
        var buffers = new BufferBatch();
        buffers.AddObject(buffer, sizeBytes);
        return buffers;
    }

    private static BufferBatch Layer(NativeBuffer memory, int layer)
    {
        var buffers = new BufferBatch();
        for (int i = 0; i < 2; i++)
        {
            // Two buffers each: what follows each other in the pool need not in memory.
            nuint begin = memory.Address + (nuint)((i * ObjectBytes) + (layer * LayerBytes));
            buffers.Add(begin, 1000);
            buffers.Add(begin + 1000, LayerBytes - 1000);
            buffers.EndObject();
        }

        return buffers;
    }

    private static void Fill(NativeBuffer memory, params string[] keys)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            KeyedContent.Fill(keys[i], memory.Slice(i * ObjectBytes, ObjectBytes));
        }
    }
}
