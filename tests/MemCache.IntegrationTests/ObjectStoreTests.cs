using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

[SupportedOSPlatform("linux")]
public sealed class ObjectStoreTests
{
    [Fact]
    public void Get_returns_what_another_store_put()
    {
        using var pool = new PoolFixture();
        ObjectStore writer = pool.OpenStore();
        ObjectStore reader = pool.OpenStore();
        byte[] value = Content("k", 100_000);

        Assert.Equal(MmcStatus.Ok, writer.Put("k", value));

        Assert.Equal(MmcStatus.Ok, reader.Exists("k"));
        Assert.Equal(value, reader.Get("k"));
        Assert.Null(reader.Get("absent"));
        Assert.Equal(MmcStatus.ObjectNotFound, reader.Exists("absent"));
    }

    [Fact]
    public void Put_keeps_first_value_when_key_exists()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();

        Assert.Equal(MmcStatus.Ok, store.Put("k", "first"u8));
        Assert.Equal(MmcStatus.Ok, store.Put("k", "second, longer"u8));

        Assert.Equal("first"u8.ToArray(), store.Get("k"));
        Assert.Equal(1, store.Statistics.ObjectsPut);
    }

    [Fact]
    public void Batch_of_layered_blocks_round_trips_between_processes()
    {
        using var pool = new PoolFixture();
        ChildProcess host = pool.StartHost(64 << 20);
        ObjectStore reader = pool.OpenStore(0);

        for (int i = 0; i < 8; i++)
        {
            Assert.Equal("0", host.Ask($"put block-{i} {1_000_003 + i}"));
        }

        using NativeBuffer room = NativeBuffer.Allocate(16 << 20);
        var keys = new KeyBatch();
        var buffers = new BufferBatch();
        for (int i = 0; i < 8; i++)
        {
            keys.Add($"block-{i}");
            int size = 1_000_003 + i;
            nuint start = room.Address + (nuint)(i * (2 << 20));
            buffers.Add(start, 400_000);
            buffers.Add(start + 400_000, 1);
            buffers.Add(start + 400_001, size - 400_001);
            buffers.EndObject();
        }

        var results = new MmcStatus[8];
        Assert.Equal(MmcStatus.Ok, reader.GetBatch(keys, buffers, results));
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(-1, KeyedContent.FirstWrong($"block-{i}", room.Slice(i * (2 << 20), 1_000_003 + i)));
        }
    }

    [Fact]
    public void Every_entry_of_a_batch_gets_its_own_status()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        using NativeBuffer memory = NativeBuffer.Allocate(1 << 20);
        var keys = new KeyBatch("good", "", new string('x', 257), "null", "zero", "huge", "also good");
        var buffers = new BufferBatch();
        buffers.AddObject(memory.Address, 100);
        buffers.AddObject(memory.Address, 100);
        buffers.AddObject(memory.Address, 100);
        buffers.AddObject(0, 100);
        buffers.AddObject(memory.Address, 0);
        buffers.AddObject(memory.Address, 1L << 36);
        buffers.AddObject(memory.Address, 4096);
        var results = new MmcStatus[7];

        store.PutBatch(keys, buffers, default, results);

        Assert.Equal(
            [MmcStatus.Ok, MmcStatus.InvalidParameter, MmcStatus.InvalidParameter, MmcStatus.InvalidParameter,
                MmcStatus.InvalidParameter, MmcStatus.ExceedsCapacity, MmcStatus.Ok],
            results);
        store.ExistsBatch(keys, results);
        Assert.Equal(
            [MmcStatus.Ok, MmcStatus.InvalidParameter, MmcStatus.InvalidParameter, MmcStatus.ObjectNotFound,
                MmcStatus.ObjectNotFound, MmcStatus.ObjectNotFound, MmcStatus.Ok],
            results);
    }

    [Fact]
    public void Batches_of_wrong_shape_are_refused_and_nothing_is_done()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        var keys = new KeyBatch();
        for (int i = 0; i <= Limits.BatchCountMax; i++)
        {
            keys.Add($"k{i}");
        }

        var results = new MmcStatus[Limits.BatchCountMax + 1];
        Assert.Equal(MmcStatus.InvalidParameter, store.ExistsBatch(keys, results));
        Assert.All(results, r => Assert.Equal(MmcStatus.InvalidParameter, r));

        var two = new KeyBatch("a", "b");
        var one = new BufferBatch();
        using NativeBuffer memory = NativeBuffer.Allocate(4096);
        one.AddObject(memory.Address, 4096);
        var twoResults = new MmcStatus[2];
        Assert.Equal(MmcStatus.InvalidParameter, store.PutBatch(two, one, default, twoResults));
        Assert.Equal(MmcStatus.InvalidParameter, store.GetBatch(two, one, twoResults));
        Assert.Equal(MmcStatus.InvalidParameter, store.ExistsBatch(two, new MmcStatus[1]));
        Assert.Equal(MmcStatus.InvalidParameter, store.PutBatch(new KeyBatch("a"), one, new ReplicateOptions(9), new MmcStatus[1]));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("a"));
    }

    [Fact]
    public void Largest_legal_batch_works()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(96 << 20);
        using NativeBuffer memory = NativeBuffer.Allocate(4096);
        var keys = new KeyBatch();
        var buffers = new BufferBatch();
        for (int i = 0; i < Limits.BatchCountMax; i++)
        {
            keys.Add($"{i}-{new string('k', 200)}");
            buffers.AddObject(memory.Address, 100);
        }

        var results = new MmcStatus[Limits.BatchCountMax];
        Assert.Equal(MmcStatus.Ok, store.PutBatch(keys, buffers, default, results));
        Assert.Equal(MmcStatus.Ok, store.ExistsBatch(keys, results));
        Assert.Equal(MmcStatus.Ok, store.GetBatch(keys, buffers, results));
    }

    [Fact]
    public void Get_with_buffers_of_another_size_fails_that_key_only()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        Assert.Equal(MmcStatus.Ok, store.Put("a", Content("a", 1000)));
        Assert.Equal(MmcStatus.Ok, store.Put("b", Content("b", 1000)));
        using NativeBuffer memory = NativeBuffer.Allocate(8192);
        var buffers = new BufferBatch();
        buffers.AddObject(memory.Address, 999);
        buffers.AddObject(memory.Address + 4096, 1000);
        var results = new MmcStatus[2];

        store.GetBatch(new KeyBatch("a", "b"), buffers, results);

        Assert.Equal([MmcStatus.SizeMismatch, MmcStatus.Ok], results);
        Assert.Equal(-1, KeyedContent.FirstWrong("b", memory.Slice(4096, 1000)));
        Assert.Equal(MmcStatus.SizeMismatch, store.Get("a"u8, new byte[10], out long sizeBytes));
        Assert.Equal(1000, sizeBytes);
        Assert.Equal(MmcStatus.Ok, store.Get("a"u8, new byte[2000], out sizeBytes));
    }

    [Fact]
    public void Remove_makes_objects_invisible_at_once_and_frees_their_space()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(MmcStatus.Ok, store.Put($"k{i}", Content("k", 100_000)));
        }

        Assert.Equal(MmcStatus.Ok, store.Remove("k0"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("k0"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Remove("k0"));
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        Assert.Null(store.Get("k5"));
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    [Fact]
    public void Query_says_size_ranks_and_media()
    {
        using var pool = new PoolFixture();
        ObjectStore first = pool.OpenStore();
        ObjectStore second = pool.OpenStore();
        ObjectStore client = pool.OpenStore(0);
        Assert.Equal(MmcStatus.Ok, client.Put("k", Content("k", 5000), new ReplicateOptions(2, second.Rank)));

        var results = new ObjectDescription[2];
        Assert.Equal(MmcStatus.ObjectNotFound, client.Query(new KeyBatch("k", "absent"), results));

        Assert.Equal(5000, results[0].SizeBytes);
        Assert.Equal([Medium.Dram, Medium.Dram], results[0].Media);
        Assert.Equal([first.Rank, second.Rank], results[0].Ranks.OrderBy(r => r.Value));
        Assert.Equal(MmcStatus.ObjectNotFound, results[1].Status);
        Assert.Equal(RankId.None, client.Rank);
    }

    [Fact]
    public void Forced_rank_and_replica_count_are_kept_or_the_put_fails_whole()
    {
        using var pool = new PoolFixture();
        ObjectStore first = pool.OpenStore();
        ObjectStore second = pool.OpenStore();

        Assert.Equal(MmcStatus.Ok, first.Put("k", "value"u8, new ReplicateOptions(1, second.Rank)));
        var results = new ObjectDescription[1];
        first.Query(new KeyBatch("k"), results);
        Assert.Equal([second.Rank], results[0].Ranks);

        Assert.Equal(MmcStatus.AllocationFailed, first.Put("three", "value"u8, new ReplicateOptions(3)));
        Assert.Equal(MmcStatus.ObjectNotFound, first.Exists("three"));
    }

    [Fact]
    public async Task Asynchronous_calls_run_side_by_side()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        Task<MmcStatus>[] puts = [.. Enumerable.Range(0, 50).Select(i =>
            store.PutAsync($"k{i}", Content($"k{i}", 10_000), cancellation: TestContext.Current.CancellationToken).AsTask())];
        Assert.All(await Task.WhenAll(puts), s => Assert.Equal(MmcStatus.Ok, s));

        byte[][] values = [.. Enumerable.Range(0, 50).Select(_ => new byte[10_000])];
        Task<MmcStatus>[] gets = [.. values.Select((v, i) =>
            store.GetAsync($"k{i}", v, TestContext.Current.CancellationToken).AsTask())];
        Assert.All(await Task.WhenAll(gets), s => Assert.Equal(MmcStatus.Ok, s));
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(-1, KeyedContent.FirstWrong($"k{i}", values[i])));
        var found = new MmcStatus[2];
        Assert.Equal(MmcStatus.ObjectNotFound,
            await store.ExistsBatchAsync(new KeyBatch("k1", "absent"), found, TestContext.Current.CancellationToken));
        Assert.Equal(MmcStatus.Cancelled, await store.ExistsBatchAsync(new KeyBatch("k1", "k2"), found, new CancellationToken(true)));
    }

    [Fact]
    public void Several_threads_and_stores_share_the_pool_without_a_wrong_byte()
    {
        using var pool = new PoolFixture();
        ObjectStore[] stores = [pool.OpenStore(), pool.OpenStore(), pool.OpenStore(0)];
        int wrong = 0;
        Parallel.For(0, 8, thread =>
        {
            ObjectStore store = stores[thread % 3];
            byte[] value = new byte[60_000];
            for (int i = 0; i < 300; i++)
            {
                int number = ((i * 7) + (thread * 13)) % 200;
                string key = $"k{number}";
                int size = 1 + (int)(SplitMix64.Mix((ulong)number) & 0x7FFF);
                KeyedContent.Fill(key, value.AsSpan(0, size));
                MmcStatus put = store.Put(key, value.AsSpan(0, size));
                MmcStatus got = store.Get(key, value, out long sizeBytes);
                bool good = put == MmcStatus.Ok && got == MmcStatus.Ok && sizeBytes == size
                    && KeyedContent.FirstWrong(key, value.AsSpan(0, size)) < 0;
                Interlocked.Add(ref wrong, good ? 0 : 1);
            }
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Checksums_find_bytes_that_changed_behind_our_back()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(change: o => o.ChecksumEnable = true);
        byte[] value = Content("k", 50_000);
        Assert.Equal(MmcStatus.Ok, store.Put("k", value));
        Assert.Equal(value, store.Get("k"));

        FlipByteOfTheOnlySegment(pool.SharedMemory, value);

        Assert.Equal(MmcStatus.ChecksumMismatch, store.Get("k", new byte[50_000], out _));
        Assert.Equal(1, store.Statistics.ChecksumMismatches);
    }

    [Fact]
    public void Files_are_private_and_gone_after_a_clean_close()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore();
        string[] files = Directory.GetFiles(pool.SharedMemory);
        Assert.Equal(2, files.Length);
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));

        store.Dispose();
        store.Dispose();

        Assert.Empty(Directory.GetFiles(pool.SharedMemory));
        Assert.Equal(MmcStatus.NotInitialised, store.Exists("k"));
        pool.WaitForMetric("memcache_sessions", v => v == 0, "0");
    }

    private static byte[] Content(string key, int size)
    {
        byte[] value = new byte[size];
        KeyedContent.Fill(key, value);
        return value;
    }

    private static void FlipByteOfTheOnlySegment(string directory, byte[] value)
    {
        string path = Directory.GetFiles(directory, "*.segment").Single();
        Assert.Equal(Errno.None, PosixFile.OpenExisting(path, writable: true, out PosixFile? file));
        using (file)
        {
            int sizeBytes = (int)new FileInfo(path).Length;
            Assert.Equal(Errno.None, file!.Map(sizeBytes, out MappedRegion? region));
            using (region)
            {
                int offset = region!.Slice(0, sizeBytes).IndexOf(value);
                Assert.True(offset > 0);
                region.Slice(offset + 12_345, 1)[0] ^= 1;
            }
        }
    }
}
