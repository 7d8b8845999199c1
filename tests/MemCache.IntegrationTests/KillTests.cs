using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Processes killed (SIGKILL) at random moments. Every failure names its seed; set MMC_TEST_SEED to repeat it.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 8;
    private const int LoadKeys = 300;
    private const int LoadSizeMax = 200_000;

    private readonly ulong _seed = ulong.TryParse(Environment.GetEnvironmentVariable("MMC_TEST_SEED"), out ulong seed)
        ? seed
        : (ulong)DateTime.UtcNow.Ticks;

    [Fact]
    public void Client_killed_in_a_put_leaves_nothing_visible_and_no_space_held()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        for (int piece = 1; piece <= 16; piece += 5)
        {
            ChildProcess client = pool.StartHost();
            client.Ask($"kill-at-piece {piece}");
            client.Send("put victim 4000000");
            Assert.True(client.WaitForExit(TimeSpan.FromSeconds(20)), "the client kills itself in its copy");

            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("victim"));
            pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        }

        Assert.Equal(MmcStatus.Ok, store.Put("victim", "now whole"u8));
        Assert.Equal("now whole"u8.ToArray(), store.Get("victim"));
    }

    [Fact]
    public void Clients_killed_under_load_break_no_promise()
    {
        SplitMix64 random = NewRandom();
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(24 << 20);
        ChildProcess steady = pool.StartHost(24 << 20);
        steady.Send($"load {_seed} {LoadKeys} {LoadSizeMax} 8");
        for (int round = 0; round < Rounds; round++)
        {
            ChildProcess client = pool.StartHost();
            client.Send($"load {_seed + (ulong)round} {LoadKeys} {LoadSizeMax} 60");
            Thread.Sleep((int)random.Below(400));
            client.Signal(ProcessSignal.Kill);
        }

        AssertSound(steady.ReadLine(TimeSpan.FromSeconds(60), "the steady client"), errorsAllowed: false);
        AssertAllWhole(store);
        AssertNothingHeld(pool, store);
    }

    [Fact]
    public void LocalServices_killed_under_load_lose_their_objects_and_nothing_else()
    {
        SplitMix64 random = NewRandom();
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(24 << 20);
        ChildProcess steady = pool.StartHost(0);
        steady.Send($"load {_seed} {LoadKeys} {LoadSizeMax} 8");
        for (int round = 0; round < Rounds; round++)
        {
            ChildProcess provider = pool.StartHost(24 << 20);
            provider.Send($"load {_seed + (ulong)round} {LoadKeys} {LoadSizeMax} 60");
            Thread.Sleep(50 + (int)random.Below(400));
            provider.Signal(ProcessSignal.Kill);
        }

        // A put into a segment that dies meanwhile fails with a status, and that is no broken promise; wrong bytes are.
        AssertSound(steady.ReadLine(TimeSpan.FromSeconds(60), "the steady client"), errorsAllowed: true);
        pool.WaitForMetric("memcache_sessions", v => v == 2, "2");
        AssertAllWhole(store);
        AssertNothingHeld(pool, store);
        Assert.Single(Directory.GetFiles(pool.SharedMemory, "*.segment"));
    }

    [Fact]
    public void Objects_with_two_replicas_survive_the_loss_of_a_rank()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(16 << 20);
        ChildProcess provider = pool.StartHost(16 << 20);
        byte[] value = new byte[100_000];
        KeyedContent.Fill("k", value);
        var both = new ReplicateOptions(2);
        Assert.Equal(MmcStatus.Ok, store.Put("k", value, both));
        var onTheOther = new ReplicateOptions(1, new RankId(ushort.Parse(provider.Ask("rank"), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(MmcStatus.Ok, store.Put("single", value, onTheOther));

        provider.Signal(ProcessSignal.Kill);
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1");

        Assert.Equal(value, store.Get("k"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("single"));
        Assert.Equal(MmcStatus.Ok, store.Put("single", value));
        Assert.Equal(MmcStatus.AllocationFailed, store.Put("two", value, both));
    }

    [Fact]
    public void MetaService_killed_under_load_returns_a_status_and_clients_join_the_next_one()
    {
        SplitMix64 random = NewRandom();
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(24 << 20);
        ChildProcess loader = pool.StartHost(24 << 20);
        loader.Send($"load {_seed} {LoadKeys} {LoadSizeMax} 12");
        for (int round = 0; round < 4; round++)
        {
            Thread.Sleep(200 + (int)random.Below(600));
            pool.Meta.Kill();
            Assert.Equal(MmcStatus.NotConnectedToMeta, FirstFailure(store));
            pool.Meta.Restart();
            PutUntilConnected(store, $"after-{round}");
        }

        AssertSound(loader.ReadLine(TimeSpan.FromSeconds(60), "the loader"), errorsAllowed: true);
        pool.WaitForMetric("memcache_sessions", v => v == 2, "2");
        AssertAllWhole(store);
        AssertNothingHeld(pool, store);
        Assert.Equal(2, Directory.GetFiles(pool.SharedMemory, "*.segment").Length);
    }

    [Fact]
    public async Task Retry_time_bridges_a_restart_of_the_MetaService()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(16 << 20, o => o.ClientRetryMs = 15_000);
        pool.Meta.Kill();
        Task<MmcStatus> put = Task.Run(() => store.Put("k", "value"u8), TestContext.Current.CancellationToken);
        pool.Meta.Restart();

        Assert.Equal(MmcStatus.Ok, await put);
        Assert.Equal("value"u8.ToArray(), store.Get("k"));
    }

    private SplitMix64 NewRandom()
    {
        output.WriteLine($"seed: MMC_TEST_SEED={_seed}");
        return new SplitMix64(_seed);
    }

    private static MmcStatus FirstFailure(ObjectStore store)
    {
        MmcStatus status = MmcStatus.Ok;
        for (int i = 0; i < 100 && status is MmcStatus.Ok or MmcStatus.ObjectNotFound; i++)
        {
            status = store.Exists("k");
        }

        return status;
    }

    private static void PutUntilConnected(ObjectStore store, string key)
    {
        MmcStatus status = store.Put(key, "value"u8);
        for (int i = 0; i < 400 && status == MmcStatus.NotConnectedToMeta; i++)
        {
            Thread.Sleep(25);
            status = store.Put(key, "value"u8);
        }

        Assert.Equal(MmcStatus.Ok, status);
        Assert.Equal(MmcStatus.Ok, store.Exists(key));
    }

    private void AssertSound(string answer, bool errorsAllowed)
    {
        string[] words = answer.Split(' ');
        Assert.True(words.Length == 6 && words[0] == "load", $"seed {_seed}: '{answer}'");
        Assert.True(words[5] == "0", $"seed {_seed}: {words[5]} objects with wrong bytes ({answer})");
        Assert.True(errorsAllowed || words[4] == "0", $"seed {_seed}: {words[4]} errors ({answer})");
    }

    /// <summary>Every object that is there has its own bytes.</summary>
    private void AssertAllWhole(ObjectStore store)
    {
        byte[] value = new byte[LoadSizeMax];
        for (int number = 0; number < LoadKeys; number++)
        {
            MmcStatus status = store.Get($"load-{number}", value, out long sizeBytes);
            Assert.True(status is MmcStatus.Ok or MmcStatus.ObjectNotFound, $"seed {_seed}: load-{number}: {status}");
            if (status == MmcStatus.Ok)
            {
                Assert.True(KeyedContent.FirstWrong($"load-{number}", value.AsSpan(0, (int)sizeBytes)) < 0, $"seed {_seed}: load-{number} is wrong");
            }
        }
    }

    /// <summary>With every object removed, not a byte is allocated: what the dead held has come back.</summary>
    private static void AssertNothingHeld(PoolFixture pool, ObjectStore store)
    {
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        pool.WaitForMetric("memcache_stored_keys", v => v == 0, "0");
    }
}
