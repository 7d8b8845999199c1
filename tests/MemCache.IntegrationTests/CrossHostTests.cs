using System.Globalization;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Stores that can't map each other's segments: shared-memory directories of their own, TCP between them.</summary>
public sealed class CrossHostTests
{
    private const int ObjectBytes = 300_000;

    [Fact]
    public void Objects_go_from_host_to_host_whole_in_parts_and_in_layers()
    {
        using var pool = new PoolFixture();
        ObjectStore far = pool.OpenStore(32 << 20, pool.On(1));
        ObjectStore client = pool.OpenStore(0, pool.On(2));
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, client.Put("k", value));
        Assert.Equal(value, client.Get("k"));
        Assert.Equal(value, far.Get("k"));

        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        var layers = new BufferBatch();
        for (int i = 0; i < 100; i++)
        {
            layers.Add(memory.Address + (nuint)(i * 3000), 3000);
        }

        layers.EndObject();
        var results = new MmcStatus[1];
        Assert.Equal(MmcStatus.Ok, client.GetBatch(new KeyBatch("k"), layers, results));
        Assert.Equal(-1, KeyedContent.FirstWrong("k", memory.Slice(0, ObjectBytes)));
        KeyedContent.Fill("l", memory.Slice(0, ObjectBytes));
        Assert.Equal(MmcStatus.Ok, client.PutBatch(new KeyBatch("l"), layers, default, results));
        Assert.Equal(KeyedContent.Of("l", ObjectBytes), far.Get("l"));

        var part = new BufferBatch();
        part.AddObject(memory.Address, 5000);
        Assert.Equal(MmcStatus.Ok, client.GetRangeBatch(new KeyBatch("k"), [200_001], part, results));
        Assert.Equal(value[200_001..205_001], memory.Slice(0, 5000).ToArray());
        Assert.Equal(MmcStatus.Ok, client.Remove("k"));
        Assert.Equal(MmcStatus.ObjectNotFound, client.Get("k", new byte[ObjectBytes], out _));
    }

    [Fact]
    public void A_batch_of_blocks_spread_over_hosts_is_put_and_got_with_checksums()
    {
        using var pool = new PoolFixture();
        Action<LocalServiceOptions> withChecksums = o => o.ChecksumEnable = true;
        _ = pool.OpenStore(24 << 20, pool.On(1, withChecksums));
        _ = pool.OpenStore(24 << 20, pool.On(2, withChecksums));
        ObjectStore client = pool.OpenStore(0, pool.On(2, withChecksums));
        const int Count = 40;
        using NativeBuffer memory = NativeBuffer.Allocate(Count * ObjectBytes);
        var keys = new KeyBatch();
        var buffers = new BufferBatch();
        for (int i = 0; i < Count; i++)
        {
            keys.Add($"block-{i}");
            KeyedContent.Fill($"block-{i}", memory.Slice(i * ObjectBytes, ObjectBytes));
            for (int layer = 0; layer < 30; layer++)
            {
                buffers.Add(memory.Address + (nuint)((i * ObjectBytes) + (layer * 10_000)), 10_000);
            }

            buffers.EndObject();
        }

        var results = new MmcStatus[Count];
        Assert.Equal(MmcStatus.Ok, client.PutBatch(keys, buffers, new ReplicateOptions(2), results));
        Assert.Equal(MmcStatus.Ok, client.PutBatch(keys, buffers, default, results));
        memory.Slice(0, Count * ObjectBytes).Clear();
        Assert.Equal(MmcStatus.Ok, client.GetBatch(keys, buffers, results));
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(-1, KeyedContent.FirstWrong($"block-{i}", memory.Slice(i * ObjectBytes, ObjectBytes)));
        }
    }

    [Fact]
    public void Allocations_are_written_on_one_host_and_read_by_address_on_another()
    {
        using var pool = new PoolFixture();
        ChildProcess owner = pool.StartHost(16 << 20, pool.SettingsOn(1));
        ChildProcess writer = pool.StartHost(0, pool.SettingsOn(2));
        ChildProcess reader = pool.StartHost(0, pool.SettingsOn(3));
        string address = writer.Ask($"alloc k {ObjectBytes - (ObjectBytes % 16)} 60000");
        Assert.True(ulong.TryParse(address, CultureInfo.InvariantCulture, out _), address);
        const int Size = ObjectBytes - (ObjectBytes % 16);
        string notYet = ((int)MmcStatus.StateMismatch).ToString(CultureInfo.InvariantCulture);
        Assert.Equal("0", writer.Ask($"write k {Size} 0 8"));
        Assert.Equal(notYet, reader.Ask($"read {address} k {Size} 0 8"));
        Assert.Equal("0", writer.Ask($"write k {Size} 8 8"));
        Assert.Equal("0", writer.Ask("finish k 0"));
        Assert.Equal("0", reader.Ask($"read {address} k {Size} 0 16"));
        Assert.Equal("0", owner.Ask($"get k {Size}"));
        Assert.Equal("0", writer.Ask($"read {address} k {Size} 3 5"));

        Assert.True(ulong.TryParse(writer.Ask($"alloc l {Size} 60000"), CultureInfo.InvariantCulture, out _));
        Assert.Equal("0", writer.Ask($"write l {Size} 0 3"));
        writer.Signal(ProcessSignal.Kill);
        Assert.Equal("0", owner.Ask("remove k"));
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0: the dead writer's allocation was its owner's to free");
    }

    [Fact]
    public async Task No_read_fails_when_a_rank_is_killed_that_holds_one_of_two_replicas()
    {
        using var pool = new PoolFixture();
        ChildProcess one = pool.StartHost(32 << 20, pool.SettingsOn(1));
        _ = pool.OpenStore(32 << 20, pool.On(2));
        ObjectStore client = pool.OpenStore(0, pool.On(3));
        const int Count = 50;
        for (int i = 0; i < Count; i++)
        {
            byte[] value = KeyedContent.Of($"k{i}", ObjectBytes);
            Assert.Equal(MmcStatus.Ok, client.Put($"k{i}", value, new ReplicateOptions(2)));
        }

        int round = 0;
        Task<string> readers = Task.Run(() => ReadAll(client, Count, 30, ref round), TestContext.Current.CancellationToken);
        while (Volatile.Read(ref round) < 3 && !readers.IsCompleted)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        one.Signal(ProcessSignal.Kill);
        Assert.Equal("", await readers);
        pool.WaitForMetric("memcache_sessions", v => v == 2, "2");
        int after = 0;
        Assert.Equal("", ReadAll(client, Count, 1, ref after));
    }

    [Fact]
    public void A_put_to_a_stopped_owner_fails_for_itself_and_its_space_comes_back_when_the_owner_goes_on()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.silence_ms = 60000");
        ChildProcess owner = pool.StartHost(32 << 20, pool.SettingsOn(1));
        ObjectStore near = pool.OpenStore(32 << 20, pool.On(2));
        string rank = owner.Ask("rank");
        var onOwner = new ReplicateOptions(1, new RankId(ushort.Parse(rank, CultureInfo.InvariantCulture)));
        byte[] value = KeyedContent.Of("k", 8 << 20);
        Assert.Equal(MmcStatus.Ok, near.Put("warm", value.AsSpan(0, 100), onOwner));
        owner.Signal(ProcessSignal.Stop);
        owner.WaitUntilStopped(TimeSpan.FromSeconds(20));

        Assert.Equal(MmcStatus.Timeout, near.Put("k", value, onOwner));
        Assert.Equal(MmcStatus.LinkNotFound, near.Put("k", value, onOwner));
        Assert.Equal(MmcStatus.ReplicaWriteFailed, near.Put("k", value, new ReplicateOptions(2)));
        Assert.Equal(MmcStatus.ObjectNotFound, near.Exists("k"));
        Assert.Equal(MmcStatus.Ok, near.Put("l", value.AsSpan(0, 1000)));
        Assert.NotNull(near.Get("l"));

        owner.Signal(ProcessSignal.Continue);
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0: the owner decided what was in doubt");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 2 * 4096, "8192: of the two small objects");
        MmcStatus again = near.Put("k", value, onOwner);
        for (int i = 0; i < 400 && again == MmcStatus.LinkNotFound; i++)
        {
            Thread.Sleep(25);
            again = near.Put("k", value, onOwner);
        }

        Assert.Equal(MmcStatus.Ok, again);
        Assert.Equal(value, near.Get("k"));
    }

    [Fact]
    public void A_put_to_a_stopped_owner_leaves_nothing_when_the_owner_never_goes_on()
    {
        using var pool = new PoolFixture("ock.mmc.meta_service.silence_ms = 3000");
        ChildProcess owner = pool.StartHost(32 << 20, pool.SettingsOn(1));
        ObjectStore near = pool.OpenStore(32 << 20, pool.On(2));
        owner.Signal(ProcessSignal.Stop);
        owner.WaitUntilStopped(TimeSpan.FromSeconds(20));
        Assert.Equal(MmcStatus.ReplicaWriteFailed, near.Put("k", new byte[8 << 20], new ReplicateOptions(2)));
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1: the owner was taken for lost");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        Assert.Equal(MmcStatus.Ok, near.Put("k", "value"u8));
        owner.Signal(ProcessSignal.Kill);
    }

    [Fact]
    public void A_writer_killed_in_a_put_to_two_hosts_leaves_nothing_visible_and_no_space_held()
    {
        using var pool = new PoolFixture();
        ObjectStore owner = pool.OpenStore(32 << 20, pool.On(1));
        for (int piece = 1; piece <= 16; piece += 5)
        {
            ChildProcess writer = pool.StartHost(16 << 20, pool.SettingsOn(2));
            writer.Ask($"kill-at-piece {piece}");
            writer.Send("put-replicas 2 victim 8000000");
            Assert.True(writer.WaitForExit(TimeSpan.FromSeconds(20)), "the writer kills itself in its copy");
            Assert.Equal(MmcStatus.ObjectNotFound, owner.Exists("victim"));
            pool.WaitForMetric("memcache_sessions", v => v == 1, "1");
            pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
            pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        }

        Assert.Equal(MmcStatus.Ok, owner.Put("victim", "now whole"u8));
        Assert.Equal("now whole"u8.ToArray(), owner.Get("victim"));
    }

    [Fact]
    public void Processes_of_several_hosts_under_load_read_no_wrong_byte_and_leave_nothing()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(24 << 20, pool.On(1));
        ChildProcess[] loaders =
        [
            pool.StartHost(24 << 20, pool.SettingsOn(2)),
            pool.StartHost(24 << 20, pool.SettingsOn(2)),
            pool.StartHost(0, pool.SettingsOn(3)),
        ];
        for (int i = 0; i < loaders.Length; i++)
        {
            loaders[i].Send($"load {i + 1} 200 150000 4");
        }

        foreach (ChildProcess loader in loaders)
        {
            string[] words = loader.ReadLine(TimeSpan.FromSeconds(60), "the load").Split(' ');
            Assert.Equal(("0", "0"), (words[4], words[5]));
        }

        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
    }

    private static string ReadAll(ObjectStore client, int count, int rounds, ref int round)
    {
        byte[] value = new byte[ObjectBytes];
        for (int r = 0; r < rounds; r++)
        {
            Volatile.Write(ref round, r);
            for (int i = 0; i < count; i++)
            {
                MmcStatus status = client.Get($"k{i}", value, out long sizeBytes);
                if (status != MmcStatus.Ok || sizeBytes != ObjectBytes || KeyedContent.FirstWrong($"k{i}", value) >= 0)
                {
                    return $"round {r}, k{i}: {status}";
                }
            }
        }

        return "";
    }
}
