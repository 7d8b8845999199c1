using System.Globalization;
using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>
/// Processes that are killed or stopped between the calls of a layer-wise write, or in the middle of one.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class AddressFaultTests
{
    private const int ObjectBytes = 16 * 65_536;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writer_killed_between_alloc_and_finish_gives_its_space_back(bool tcp)
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        if (tcp)
        {
            // Without the Unix socket's file clients go over TCP, where the end of a connection proves nothing: the
            // owner decides.
            Array.ForEach(Directory.GetFiles(pool.Meta.Directory, "*.sock", SearchOption.AllDirectories), File.Delete);
        }

        ChildProcess writer = pool.StartHost();
        AssertAddress(writer.Ask($"alloc untouched {ObjectBytes} 600000"));
        AssertAddress(writer.Ask($"alloc begun {ObjectBytes} 600000"));
        Assert.Equal("0", writer.Ask($"write begun {ObjectBytes} 0 9"));
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 2 * ObjectBytes, "both");
        writer.Signal(ProcessSignal.Kill);

        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0: both are back");
        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        Assert.Equal(0, pool.Meta.ReadMetric("memcache_allocations"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("begun"));
        Assert.Equal(MmcStatus.KeyNotFound, store.AddLeaseBatch(new KeyBatch("begun"), 0, new MmcStatus[1]));
    }

    [Fact]
    public void Writer_killed_in_a_copy_by_address_leaves_nothing_visible()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        ChildProcess writer = pool.StartHost();
        AssertAddress(writer.Ask($"alloc victim {ObjectBytes} 0"));
        writer.Ask("kill-at-piece 5");
        writer.Send($"write victim {ObjectBytes} 0 16");
        Assert.True(writer.WaitForExit(Patience), "the writer kills itself in its copy");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("victim"));
    }

    [Fact]
    public void Writer_that_slept_past_its_lease_changes_no_byte_of_any_other_object()
    {
        using var pool = new PoolFixture("ock.mmc.evict_threshold_high = 98", "ock.mmc.evict_threshold_low = 95");
        ObjectStore store = pool.OpenStore(32 << 20);
        for (int round = 0; round < 3; round++)
        {
            ChildProcess writer = pool.StartHost();
            string key = $"zombie-{round}";
            AssertAddress(writer.Ask($"alloc {key} {ObjectBytes} 200"));
            writer.Ask($"stop-at-piece {1 + (5 * round)}");
            writer.Send($"write {key} {ObjectBytes} 0 16");
            writer.WaitUntilStopped(Patience);
            pool.WaitForMetric("memcache_sessions", v => v == 1, "1: the writer was taken for lost");
            pool.WaitForMetric("memcache_reservations", v => v == 1, "1: its space is held, not reused");

            Churn(store, $"churn-{round}", 80);
            writer.Signal(ProcessSignal.Continue);
            string answer = writer.ReadLine(Patience, "the stalled copy");
            Assert.True(answer is "0" or "-3209", $"the copy into space that is still its own: {answer}");
            Assert.NotEqual("0", writer.Ask($"finish {key} 0"));
            Assert.NotEqual("0", writer.Ask($"write {key} {ObjectBytes} 0 16"));
            pool.WaitForMetric("memcache_reservations", v => v == 0, "0: it has come back");
            AssertChurnWhole(store, $"churn-{round}", 80);
            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists(key));
            writer.Signal(ProcessSignal.Kill);
        }
    }

    [Fact]
    public void Layers_are_read_by_another_process_while_others_are_written_and_published()
    {
        using var pool = new PoolFixture();
        ObjectStore owner = pool.OpenStore(32 << 20);
        ChildProcess writer = pool.StartHost();
        ChildProcess reader = pool.StartHost();
        for (int round = 0; round < 6; round++)
        {
            string key = $"k-{round}";
            string address = writer.Ask($"alloc {key} {ObjectBytes} 0");
            AssertAddress(address);
            for (int layer = 0; layer < 16; layer += 4)
            {
                // At the same time: nothing of it may be read before it is published.
                writer.Send($"write {key} {ObjectBytes} {layer} 4");
                reader.Send($"read {address} {key} {ObjectBytes} 0 4");
                Assert.Equal("0", writer.ReadLine(Patience, "the write"));
                Assert.Equal("-3101", reader.ReadLine(Patience, "a read of what is not readable"));
            }

            writer.Send($"finish {key} 0");
            for (int i = 0; i < 16; i++)
            {
                string answer = reader.Ask($"read {address} {key} {ObjectBytes} {i} 1");
                Assert.True(answer is "0" or "-3101" or "-3200", $"round {round}, layer {i}: {answer}");
            }

            Assert.Equal("0", writer.ReadLine(Patience, "the finish"));
            Assert.Equal("0", reader.Ask($"lease {key} 0"));
            Assert.Equal("0", reader.Ask($"read {address} {key} {ObjectBytes} 0 16"));
            Assert.Equal("0", reader.Ask($"unlease {key}"));
            Assert.Equal(-1, KeyedContent.FirstWrong(key, owner.Get(key)));
        }
    }

    [Fact]
    public void Reader_that_slept_in_a_copy_by_address_gets_a_miss_and_never_other_bytes()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        ChildProcess reader = pool.StartHost();
        for (int round = 0; round < 3; round++)
        {
            string key = $"victim-{round}";
            Assert.Equal(MmcStatus.Ok, store.Put(key, KeyedContent.Of(key, ObjectBytes)));
            var found = new ObjectDescription[1];
            Assert.Equal(MmcStatus.Ok, store.Query(new KeyBatch(key), found));
            string address = found[0].Addresses[0].Value.ToString(CultureInfo.InvariantCulture);
            if (round > 0)
            {
                // Round 0 reads by the address alone; the others hold a lease, which ends with the session of a stopped
                // process.
                AskUntilConnected(reader, $"lease {key} 600000");
            }

            reader.Ask($"stop-at-piece {2 + round}");
            reader.Send($"read {address} {key} {ObjectBytes} 0 16");
            reader.WaitUntilStopped(Patience);
            pool.WaitForMetric("memcache_sessions", v => v == 1, "1: the reader was taken for lost");
            pool.WaitForMetric("memcache_key_leases", v => v == 0, "0: its leases ended with its session");
            Churn(store, $"filler-{round}", 80);
            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists(key));
            reader.Signal(ProcessSignal.Continue);
            Assert.Equal("-3200", reader.ReadLine(Patience, "the stalled read"));
        }
    }

    [Fact]
    public void Leases_of_a_killed_process_end_with_it()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(8 << 20);
        ChildProcess reader = pool.StartHost();
        Assert.Equal(MmcStatus.Ok, store.Put("k", KeyedContent.Of("k", ObjectBytes)));
        Assert.Equal("0", reader.Ask("lease k 600000"));
        Assert.Equal("0", reader.Ask("lease k 600000"));
        Assert.Equal(1, pool.Meta.ReadMetric("memcache_key_leases"));
        Churn(store, "filler", 40);
        Assert.Equal(MmcStatus.Ok, store.Exists("k"));
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
        pool.WaitForMetric("memcache_allocated_bytes", v => v == ObjectBytes, "the leased object only");
        reader.Signal(ProcessSignal.Kill);
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        Assert.Equal(0, pool.Meta.ReadMetric("memcache_key_leases"));
    }

    private static void AskUntilConnected(ChildProcess host, string command)
    {
        string answer = host.Ask(command);
        for (int i = 0; i < 200 && answer == "-3017"; i++)
        {
            Thread.Sleep(50);
            answer = host.Ask(command);
        }

        Assert.Equal("0", answer);
    }

    private static void AssertAddress(string answer) =>
        Assert.True(long.TryParse(answer, CultureInfo.InvariantCulture, out long address) && address > 0, $"no address: {answer}");

    private static void Churn(ObjectStore store, string prefix, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(MmcStatus.Ok, store.Put($"{prefix}-{i}", KeyedContent.Of($"{prefix}-{i}", ObjectBytes)));
        }
    }

    private static void AssertChurnWhole(ObjectStore store, string prefix, int count)
    {
        int whole = 0;
        for (int i = 0; i < count; i++)
        {
            if (store.Get($"{prefix}-{i}") is { } value)
            {
                Assert.Equal(-1, KeyedContent.FirstWrong($"{prefix}-{i}", value));
                whole++;
            }
        }

        Assert.True(whole > 20, $"only {whole} objects were left to tell");
    }
}
