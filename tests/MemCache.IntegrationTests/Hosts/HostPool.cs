using System.Diagnostics;
using System.Globalization;
using MemCache.Cli;
using Xunit;
using ChildProcess = MemCache.Testing.ChildProcess;
using MetaServiceProcess = MemCache.Testing.MetaServiceProcess;

namespace MemCache.IntegrationTests;

/// <summary>
/// A pool over several hosts: a MetaService on the first one, processes wherever a test wants them. Everything is gone
/// when it is disposed.
/// </summary>
internal sealed class HostPool : IAsyncDisposable
{
    /// <summary>Time within which a call of the pool's processes has to return.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Time for which a client waits for a peer that does not move.</summary>
    public static readonly TimeSpan PeerTimeout = TimeSpan.FromSeconds(1);

    // On a machine whose cores are all taken a thread that is due waits for its turn.
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(3);

    private readonly List<IDisposable> _hosts = [];
    private readonly List<SoakMember> _members = [];
    private readonly string[] _localSettings;

    public HostPool(int hostCount, string[]? metaSettings = null, string[]? localSettings = null)
    {
        _localSettings = localSettings ?? [];
        Network = NeedHosts.Create(hostCount);
        try
        {
            Meta = NeedHosts.StartMeta(Network.Hosts[0], [
                "ock.mmc.meta_service.heartbeat_ms = 200",
                "ock.mmc.meta_service.silence_ms = 3000",
                "ock.mmc.meta.lease_ttl_ms = 1000",
                .. metaSettings ?? [],
            ]);
        }
        catch
        {
            Network.Dispose();
            throw;
        }
    }

    public HostNetwork Network { get; }

    public MetaServiceProcess Meta { get; }

    public IReadOnlyList<Host> Hosts => Network.Hosts;

    public IReadOnlyList<SoakMember> Members => _members;

    /// <summary>A process on a host that does what it is told, line by line.</summary>
    public ChildProcess StartHost(Host host, long dramBytes = 0)
    {
        string program = MemCache.Testing.BuildOutput.Program("MemCache.TestHost", "memcache-test-host");
        ChildProcess child = ChildProcess.StartCommand(host.Wrap(
        [
            program,
            $"ock.mmc.meta_service_url={Meta.MetaServiceUrl}",
            $"ock.mmc.local_service.config_store_url={Meta.ConfigStoreUrl}",
            $"ock.mmc.local_service.shm.path={host.Directory}",
            FormattableString.Invariant($"ock.mmc.local_service.dram.size={dramBytes}"),
            .. Settings(host),
        ]));
        _hosts.Add(child);
        string opened = child.ReadLine(TimeSpan.FromSeconds(30), "the process to join");
        Assert.StartsWith("open 0", opened, StringComparison.Ordinal);
        return child;
    }

    /// <summary>A process on a host whose verified traffic runs by itself once it is started.</summary>
    public async Task<SoakMember> StartTrafficAsync(Host host, long dramBytes, ulong seed, int thinkMs, int replicas)
    {
        var options = new WorkerOptions
        {
            MetaServiceUrl = Meta.MetaServiceUrl,
            ConfigStoreUrl = Meta.ConfigStoreUrl,
            MetaServiceId = Meta.Child.Id,
            SharedMemoryDirectory = host.Directory,
            ScratchDirectory = Meta.Directory,
            SegmentBytes = dramBytes,
            BlockBytes = BlockShape.FullSizeBytes / 64,
            BatchCount = 16,
            Settings = string.Join('\n', Settings(host)),
        };
        var tally = new SoakTally();
        SoakProcess process = SoakProcess.Start($"traffic on {host.Address}", host, options, tally);
        var member = new SoakMember(process, tally);
        _members.Add(member);
        await process.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        await process.RunAsync(seed, thinkMs, replicas);
        return member;
    }

    /// <summary>Has all traffic rest and checks what must hold whatever happened.</summary>
    public static async Task AssertSoundAsync(IEnumerable<SoakMember> members)
    {
        foreach (SoakMember member in members)
        {
            await member.Process.AskAsync("pause", "paused", TestContext.Current.CancellationToken);
            var exist = new LatencyHistogram();
            var get = new LatencyHistogram();
            var put = new LatencyHistogram();
            await member.Process.ReportAsync(exist, get, put, TestContext.Current.CancellationToken);
            foreach (LatencyHistogram calls in (LatencyHistogram[])[exist, get, put])
            {
                Assert.InRange(calls.Microseconds(1) / 1e6, 0, (CallTimeout + LateMax).TotalSeconds);
            }

            Assert.Equal(0, member.Tally.Traffic.Read().Outcome.WrongObjects);
            Assert.Empty(member.Tally.ReadStatuses()
                .Where(entry => !DocumentedStatuses.Contains(entry.Operation, entry.Status))
                .Select(entry => $"{entry.Operation}: {entry.Status} {entry.Count} times"));
        }
    }

    /// <summary>Waits until a member has verified so many objects more.</summary>
    public static async Task WaitForTrafficAsync(SoakMember member, int objectCount, TimeSpan timeout, string when)
    {
        long before = member.VerifiedObjects;
        long begin = Stopwatch.GetTimestamp();
        while (member.VerifiedObjects < before + objectCount)
        {
            Assert.False(member.Process.HasExited, member.Process.HasExited ? member.Process.Failure().Message : "");
            string seen = string.Join(", ", member.Tally.ReadStatuses());
            Assert.True(
                Stopwatch.GetElapsedTime(begin) < timeout,
                $"{when}: {member.VerifiedObjects - before} of {objectCount} objects verified on {member.Process.Host.Address} "
                + $"within {timeout}; {seen}; errors: {string.Join("; ", member.Tally.Traffic.ErrorTexts)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a metric has a value; the text of a failure has the last one.</summary>
    public void WaitForMetric(string name, double expected, TimeSpan timeout)
    {
        long begin = Stopwatch.GetTimestamp();
        double value = Meta.ReadMetric(name);
        while (value != expected)
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < timeout,
                $"{name} is {value}, expected {expected}; MetaService:\n{Meta.Child.Output}");
            Thread.Sleep(50);
            value = Meta.ReadMetric(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SoakMember member in _members)
        {
            await member.Process.DisposeAsync();
        }

        _hosts.ForEach(host => host.Dispose());
        Meta.Dispose();
        Network.Dispose();
    }

    private string[] Settings(Host host) =>
    [
        "ock.mmc.local_service.protocol=host_tcp",
        $"ock.mmc.local_service.hcom_url=tcp://{host.Address}:7000",
        string.Create(CultureInfo.InvariantCulture, $"ock.mmc.client.timeout.seconds={CallTimeout.TotalSeconds:0}"),
        string.Create(CultureInfo.InvariantCulture, $"ock.mmc.client.peer_timeout_ms={PeerTimeout.TotalMilliseconds:0}"),
        .. _localSettings,
    ];
}
