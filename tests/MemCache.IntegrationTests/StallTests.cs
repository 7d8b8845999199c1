using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Processes that stop (SIGSTOP) in the middle of a copy for longer than every timeout, then go on.</summary>
public sealed class StallTests
{
    private const int ObjectBytes = 1 << 20;

    [Fact]
    public void Reader_that_slept_past_its_lease_gets_a_miss_and_never_other_bytes()
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        ChildProcess reader = pool.StartHost();
        for (int round = 0; round < 3; round++)
        {
            string key = $"victim-{round}";
            Put(store, key);
            reader.Ask($"stop-at-piece {4 + round}");
            reader.Send($"get {key} {ObjectBytes}");
            reader.WaitUntilStopped(TimeSpan.FromSeconds(20));

            // The lease (500 ms) and the session (silent for 500 ms) are over long before the churn is: the victim's pages are rewritten.
            pool.WaitForMetric("memcache_sessions", v => v == 1, "1: the reader was taken for lost");
            Fill(store, $"filler-{round}", 96);
            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists(key));
            reader.Signal(ProcessSignal.Continue);
            string answer = reader.ReadLine(TimeSpan.FromSeconds(30), "the stalled get");
            Assert.Equal(((int)MmcStatus.BlobChanged).ToString(System.Globalization.CultureInfo.InvariantCulture), answer);
            Assert.Equal("0", AskUntilConnected(reader, $"put again-{round} 1000"));
        }
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(16L << 20)]
    public void Writer_that_slept_in_its_copy_changes_no_byte_of_any_other_object(long writerDramBytes)
    {
        using var pool = new PoolFixture("ock.mmc.evict_threshold_high = 98", "ock.mmc.evict_threshold_low = 95");
        ObjectStore store = pool.OpenStore(32 << 20);
        ObjectStore other = pool.OpenStore(32 << 20);
        ChildProcess writer = pool.StartHost(writerDramBytes);
        for (int round = 0; round < 3; round++)
        {
            writer.Ask($"stop-at-piece {1 + (5 * round)}");
            // Forced into a peer's segment or wherever placement likes: space that the pool would love to give to others.
            writer.Send($"put-on 0 zombie-{round} {8 * ObjectBytes}");
            writer.WaitUntilStopped(TimeSpan.FromSeconds(20));
            pool.WaitForMetric("memcache_sessions", v => v == 2, "2: the writer was taken for lost");
            pool.WaitForMetric("memcache_reservations", v => v == 1, "1: its space is held, not reused");

            // Twice the whole pool goes through, and what is there now fills every byte that may be given away.
            Fill(store, $"churn-{round}", 160);
            List<string> present = Present(store, $"churn-{round}", 160);
            Assert.True(present.Count > 40, $"only {present.Count} of 64 MiB are filled");

            writer.Signal(ProcessSignal.Continue);
            string answer = writer.ReadLine(TimeSpan.FromSeconds(30), "the stalled put");
            Assert.NotEqual("0", answer);

            // Eviction may still take some of them; what is there has its own bytes.
            Assert.True(CountWhole(other, present) > 30, "too little of the pool was left to tell");
            Assert.Equal(MmcStatus.ObjectNotFound, store.Exists($"zombie-{round}"));
            pool.WaitForMetric("memcache_reservations", v => v == 0, "0: the writer has finished, its space is back");
            Assert.Equal("0", AskUntilConnected(writer, $"put again-{round} 1000"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writer_that_is_killed_while_stalled_gives_its_space_back(bool tcp)
    {
        using var pool = new PoolFixture();
        ObjectStore store = pool.OpenStore(32 << 20);
        if (tcp)
        {
            // Without the Unix socket's file clients go over TCP, where the end of a connection proves nothing: the owner decides.
            Array.ForEach(Directory.GetFiles(pool.Meta.Directory, "*.sock", SearchOption.AllDirectories), File.Delete);
        }

        ChildProcess writer = pool.StartHost();
        writer.Ask("stop-at-piece 3");
        writer.Send($"put zombie {8 * ObjectBytes}");
        writer.WaitUntilStopped(TimeSpan.FromSeconds(20));
        pool.WaitForMetric("memcache_sessions", v => v == 1, "1");
        Assert.Equal(1, pool.Meta.ReadMetric("memcache_reservations"));

        writer.Signal(ProcessSignal.Kill);

        pool.WaitForMetric("memcache_orphans", v => v == 0, "0");
        pool.WaitForMetric("memcache_allocated_bytes", v => v == 0, "0");
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("zombie"));
    }

    private static string AskUntilConnected(ChildProcess host, string command)
    {
        string notConnected = ((int)MmcStatus.NotConnectedToMeta).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string answer = host.Ask(command);
        for (int i = 0; i < 100 && answer == notConnected; i++)
        {
            Thread.Sleep(50);
            answer = host.Ask(command);
        }

        return answer;
    }

    private static void Put(ObjectStore store, string key)
    {
        byte[] value = new byte[ObjectBytes];
        KeyedContent.Fill(key, value);
        Assert.Equal(MmcStatus.Ok, store.Put(key, value));
    }

    private static void Fill(ObjectStore store, string prefix, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Put(store, $"{prefix}-{i}");
        }
    }

    private static List<string> Present(ObjectStore store, string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => $"{prefix}-{i}").Where(k => store.Exists(k) == MmcStatus.Ok)];

    private static int CountWhole(ObjectStore store, List<string> keys)
    {
        byte[] value = new byte[ObjectBytes];
        int count = 0;
        foreach (string key in keys)
        {
            MmcStatus status = store.Get(key, value, out _);
            Assert.True(status is MmcStatus.Ok or MmcStatus.ObjectNotFound, $"{key}: {status}");
            if (status == MmcStatus.Ok)
            {
                Assert.Equal(-1, KeyedContent.FirstWrong(key, value));
                count++;
            }
        }

        return count;
    }
}
