using System.Globalization;
using MemCache.Cli;
using MemCache.Interop;
using Xunit;
using ChildProcess = MemCache.Testing.ChildProcess;

namespace MemCache.IntegrationTests;

/// <summary>Hosts that are cut off, and ranks that are killed, while traffic runs over real networks.</summary>
public sealed class CutTests
{
    private const long SegmentBytes = 64L << 20;
    private const int KeyCount = 40;
    private const int ObjectBytes = 100_000;
    private static readonly TimeSpan ResumeTimeout = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Host_that_was_cut_off_under_load_serves_again_and_nobody_saw_a_wrong_byte(int seconds)
    {
        await using var pool = new HostPool(3);
        await StartTrafficAsync(pool);

        pool.Hosts[1].Cut();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        pool.Hosts[1].Reconnect();

        foreach (SoakMember member in pool.Members)
        {
            await HostPool.WaitForTrafficAsync(member, 100, ResumeTimeout, "after the host is back");
        }

        pool.WaitForMetric("memcache_sessions", pool.Members.Count, ResumeTimeout);
        await HostPool.AssertSoundAsync(pool.Members);
        AssertReachesHost(pool, pool.Hosts[1]);
    }

    [Fact]
    public async Task Hosts_go_on_without_one_that_is_cut_off_for_good()
    {
        await using var pool = new HostPool(3);
        await StartTrafficAsync(pool);
        SoakMember[] cutOff = [.. pool.Members.Where(member => member.Process.Host == pool.Hosts[1])];

        pool.Hosts[1].Cut();

        pool.WaitForMetric("memcache_sessions", pool.Members.Count - cutOff.Length, ResumeTimeout);
        foreach (SoakMember member in pool.Members.Except(cutOff))
        {
            await HostPool.WaitForTrafficAsync(member, 200, ResumeTimeout, "without the host");
        }

        await HostPool.AssertSoundAsync(pool.Members);
    }

    [Fact]
    public async Task Calls_return_while_the_host_of_the_MetaService_is_cut_off_and_succeed_afterwards()
    {
        await using var pool = new HostPool(3);
        await StartTrafficAsync(pool);

        pool.Hosts[0].Cut();
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        pool.Hosts[0].Reconnect();

        foreach (SoakMember member in pool.Members)
        {
            await HostPool.WaitForTrafficAsync(member, 100, ResumeTimeout, "after the MetaService is back");
        }

        await HostPool.AssertSoundAsync(pool.Members);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Reader_of_replicated_objects_sees_at_most_one_slow_call_when_a_host_is_cut_off(int seconds)
    {
        await using var pool = new HostPool(3);
        ChildProcess reader = StartReader(pool, out _);

        reader.Send(Read(TimeSpan.FromSeconds(seconds + 6)));
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        pool.Hosts[1].Cut();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        pool.Hosts[1].Reconnect();

        AssertRead(reader);
    }

    [Fact]
    public async Task Killed_rank_fails_no_read_of_replicated_objects()
    {
        await using var pool = new HostPool(3);
        ChildProcess reader = StartReader(pool, out ChildProcess[] ranks);
        SoakMember load = await pool.StartTrafficAsync(pool.Hosts[0], 0, 7, 10, replicas: 2);

        reader.Send(Read(TimeSpan.FromSeconds(8)));
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        ranks[0].Signal(ProcessSignal.Kill);

        AssertRead(reader);
        await HostPool.AssertSoundAsync([load]);
    }

    // A rank with traffic on every host, and a client without memory on two of them.
    private static async Task StartTrafficAsync(HostPool pool)
    {
        ulong seed = 1;
        foreach (Host host in pool.Hosts)
        {
            await pool.StartTrafficAsync(host, SegmentBytes, seed++, thinkMs: 20, replicas: 1);
        }

        foreach (Host host in pool.Hosts.Take(2))
        {
            await pool.StartTrafficAsync(host, 0, seed++, thinkMs: 5, replicas: 1);
        }

        foreach (SoakMember member in pool.Members)
        {
            await HostPool.WaitForTrafficAsync(member, 100, ResumeTimeout, "before anything happens");
        }
    }

    // Ranks on the second and third host, each with a replica of every object, and a reader on the first.
    private static ChildProcess StartReader(HostPool pool, out ChildProcess[] ranks)
    {
        ranks = [.. pool.Hosts.Skip(1).Select(host => pool.StartHost(host, SegmentBytes))];
        ChildProcess reader = pool.StartHost(pool.Hosts[0]);
        Assert.Equal("0", reader.Ask(FormattableString.Invariant($"put-all 2 o {KeyCount} {ObjectBytes}")));
        return reader;
    }

    private static string Read(TimeSpan time) => FormattableString.Invariant(
        $"read-all o {KeyCount} {ObjectBytes} {time.TotalMilliseconds:0} {HostPool.PeerTimeout.TotalMilliseconds:0}");

    private static void AssertRead(ChildProcess reader)
    {
        string line = reader.ReadLine(TimeSpan.FromSeconds(60), "what was read");
        string[] words = line.Split(' ');
        int[] counts = [.. words.Skip(1).Take(5).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
        Assert.True(counts[0] > 100, $"hardly anything was read: {line}");
        Assert.True(counts[1] == 0 && counts[2] == 0, $"reads failed (hits, misses, errors, wrong, slow, ms, last): {line}");
        Assert.True(counts[3] == 0, $"wrong bytes: {line}");
        Assert.True(counts[4] <= 1, $"more than one slow call: {line}");
    }

    // From a process that joins now, to a segment of that host.
    private static void AssertReachesHost(HostPool pool, Host host)
    {
        ChildProcess rank = pool.StartHost(host, SegmentBytes);
        ChildProcess client = pool.StartHost(pool.Hosts[0]);
        Assert.Equal("0", client.Ask($"put-on {rank.Ask("rank")} again {ObjectBytes}"));
        Assert.Equal("0", client.Ask($"get again {ObjectBytes}"));
    }
}
