using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

[SupportedOSPlatform("linux")]
public sealed class KeyLeaseTests
{
    private const int ObjectBytes = 1 << 20;

    [Fact]
    public void Leased_objects_outlive_eviction_and_every_entry_gets_its_status()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(8 << 20);
        ObjectStore reader = pool.OpenStore(0);
        Put(store, "held");
        var keys = new KeyBatch("held", "absent", "");
        var results = new MmcStatus[3];
        Assert.Equal(MmcStatus.KeyNotFound, reader.AddLeaseBatch(keys, 60_000, results));
        Assert.Equal([MmcStatus.Ok, MmcStatus.KeyNotFound, MmcStatus.InvalidParameter], results);
        for (int i = 0; i < 40; i++)
        {
            Put(store, $"filler-{i}");
        }

        Assert.Equal(-1, KeyedContent.FirstWrong("held", reader.Get("held")));
        Assert.Equal(MmcStatus.KeyNotFound, reader.RemoveLeaseBatch(keys, results));
        Assert.Equal([MmcStatus.Ok, MmcStatus.KeyNotFound, MmcStatus.InvalidParameter], results);
        Assert.Equal(MmcStatus.KeyNotFound, reader.RemoveLeaseBatch(new KeyBatch("held"), results));
        for (int i = 0; i < 40; i++)
        {
            Put(store, $"more-{i}");
        }

        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("held"));
    }

    [Fact]
    public async Task One_remove_gives_back_what_many_threads_added()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(8 << 20);
        Put(store, "k");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Assert.Equal(MmcStatus.Ok, store.AddLeaseBatch(new KeyBatch("k"), 60_000, new MmcStatus[1])),
            TestContext.Current.CancellationToken)));
        Assert.Equal(1, pool.Meta.ReadMetric("memcache_key_leases"));
        Assert.Equal(MmcStatus.Ok, store.Remove("k"));
        Assert.Equal(ObjectBytes, pool.Meta.ReadMetric("memcache_allocated_bytes"));
        Assert.Equal(MmcStatus.Ok, store.RemoveLeaseBatch(new KeyBatch("k"), new MmcStatus[1]));
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    [Fact]
    public void Lease_ends_with_its_time_and_with_its_store()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(8 << 20);
        ObjectStore leaving = pool.OpenStore(0);
        Put(store, "timed");
        Put(store, "leaving");
        Assert.Equal(MmcStatus.Ok, store.AddLeaseBatch(new KeyBatch("timed"), 0, new MmcStatus[1]));
        Assert.Equal(MmcStatus.Ok, leaving.AddLeaseBatch(new KeyBatch("leaving"), int.MaxValue, new MmcStatus[1]));
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == ObjectBytes, "one: the other lease was 500 ms");
        leaving.Dispose();
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
    }

    private static void Put(ObjectStore store, string key) =>
        Assert.Equal(MmcStatus.Ok, store.Put(key, KeyedContent.Of(key, ObjectBytes)));
}
