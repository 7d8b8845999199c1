using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// A soak from start to end: a MetaService and clients that stay, ranks that come and go, verified traffic from all of
/// them; then everything rests, is looked at, and leaves, and nothing may be left. Whatever happens, it leaves no
/// process, no file and no network behind.
/// </summary>
internal sealed partial class SoakRun(SoakOptions options, PoolFill fill, Action<string> progress, TimeProvider clock)
{
    private const int DataPort = 7000;
    private const int HeartbeatMs = 250;
    private const int LeaseMs = 2000;

    /// <summary>What has happened so far.</summary>
    public SoakTally Tally { get; } = new();

    /// <summary>Runs it.</summary>
    /// <exception cref="ChildProcessException">A process failed; the message shows the end of its log.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<SoakReport> RunAsync(CancellationToken cancellation)
    {
        using var scratch = new ScratchDirectory(Path.GetTempPath());
        using HostNetwork network = options.HostCount == 1
            ? HostNetwork.CreateOnLoopback(1, options.SharedMemoryDirectory)
            : HostNetwork.Create(options.HostCount, options.SharedMemoryDirectory, progress);
        RunCertificates? certificates =
            options.IsEncrypted ? new RunCertificates(scratch.Path, network.Addresses, clock) : null;
        MetaServiceProcess service = await MetaServiceProcess.StartAsync(
            scratch.Path, network.Hosts[0], MetaSettings(certificates), cancellation).ConfigureAwait(false);
        await using (service.ConfigureAwait(false))
        {
            fill.MetricsUrl = service.MetricsUrl;
            var members = new SoakMembers(options, Tally);
            await using (members.ConfigureAwait(false))
            {
                using var checks = new SoakChecks(service, clock);
                WorkerOptions OptionsOf(Host host) => ClientOptions(network, host, service, certificates, scratch.Path);
                return await RunAsync(network, service, members, checks, OptionsOf, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<SoakReport> RunAsync(
        HostNetwork network, MetaServiceProcess service, SoakMembers members, SoakChecks checks,
        Func<Host, WorkerOptions> optionsOf, CancellationToken cancellation)
    {
        int metaDescriptors = SoakChecks.CountDescriptors(service.Child.Id);
        await members.StartClientsAsync(network.Hosts, optionsOf, cancellation).ConfigureAwait(false);
        int[] clientDescriptors = [.. members.Clients.Select(client => SoakChecks.CountDescriptors(client.Id))];
        Tally.Traffic.Enter("soaking");
        await members.ChurnAsync(Disturbances(network, service), cancellation).ConfigureAwait(false);
        Tally.Traffic.Enter("resting");
        await members.PauseAsync(cancellation).ConfigureAwait(false);
        DemoProgress end = Tally.Traffic.Read();
        Latencies latencies = await ReadLatenciesAsync(members, cancellation).ConfigureAwait(false);
        await CheckRestAsync(members, checks, cancellation).ConfigureAwait(false);
        Tally.Traffic.Enter("leaving");
        await members.LeaveAsync().ConfigureAwait(false);
        await CheckClientsAsync(members, checks, clientDescriptors, cancellation).ConfigureAwait(false);
        await members.LeaveClientsAsync().ConfigureAwait(false);
        await CheckEndAsync(network, service, checks, metaDescriptors, cancellation).ConfigureAwait(false);
        return Report(network, checks, end, latencies);
    }

    private string[] MetaSettings(RunCertificates? certificates) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"ock.mmc.meta_service.heartbeat_ms = {HeartbeatMs}"),
        string.Create(
            CultureInfo.InvariantCulture, $"ock.mmc.meta_service.silence_ms = {options.Silence.TotalMilliseconds:0}"),
        string.Create(CultureInfo.InvariantCulture, $"ock.mmc.meta.lease_ttl_ms = {LeaseMs}"),
        .. certificates?.MetaSettings ?? [],
    ];

    private WorkerOptions ClientOptions(
        HostNetwork network, Host host, MetaServiceProcess service, RunCertificates? certificates, string scratch)
    {
        string[] settings =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"ock.mmc.client.timeout.seconds={options.CallTimeout.TotalSeconds:0}"),
            $"ock.mmc.local_service.protocol={(network.Hosts.Count == 1 ? "host_shm" : "host_tcp")}",
            string.Create(
                CultureInfo.InvariantCulture, $"ock.mmc.local_service.hcom_url=tcp://{host.Address}:{DataPort}"),
            .. certificates?.LocalSettings ?? [],
        ];
        return new WorkerOptions
        {
            MetaServiceUrl = service.MetaServiceUrl,
            ConfigStoreUrl = service.ConfigStoreUrl,
            MetaServiceId = service.Child.Id,
            SharedMemoryDirectory = host.Directory,
            ScratchDirectory = scratch,
            SegmentBytes = options.SegmentBytes,
            BlockBytes = options.BlockBytes,
            BatchCount = options.BatchCount,
            Settings = string.Join('\n', settings),
        };
    }

    private IEnumerable<Func<CancellationToken, Task>> Disturbances(HostNetwork network, MetaServiceProcess service)
    {
        var chance = new SplitMix64(options.Seed);
        if (options.CutsHosts && network.IsIsolated)
        {
            yield return end => CutHostsAsync(network, chance, end);
        }

        yield return options.RestartsMeta
            ? end => RestartMetaAsync(service, end)
            : end => FailWithAsync(service.Child, end);
    }

    // Host 0 is the MetaService's: it stays.
    private async Task CutHostsAsync(HostNetwork network, SplitMix64 chance, CancellationToken end)
    {
        while (await TryWaitAsync(TimeSpan.FromSeconds(5 + chance.Below(10)), end).ConfigureAwait(false))
        {
            Host host = network.Hosts[1 + (int)chance.Below(network.Hosts.Count - 1)];
            host.Cut();
            await Task.Delay(TimeSpan.FromMilliseconds(500 + chance.Below(3500)), clock, CancellationToken.None)
                .ConfigureAwait(false);
            host.Reconnect();
            Tally.Add(new SoakEvents { Cuts = 1 });
        }
    }

    private async Task RestartMetaAsync(MetaServiceProcess service, CancellationToken end)
    {
        while (await TryWaitAsync(TimeSpan.FromSeconds(15), end).ConfigureAwait(false))
        {
            await service.RestartAsync(CancellationToken.None).ConfigureAwait(false);
            Tally.Add(new SoakEvents { MetaRestarts = 1 });
        }
    }

    private static async Task FailWithAsync(ChildProcess child, CancellationToken end)
    {
        try
        {
            await child.WaitForExitAsync(end).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It has outlived the churn, as it should.
            return;
        }

        throw child.Failure("ended in the middle of the run");
    }

    private async Task<bool> TryWaitAsync(TimeSpan time, CancellationToken end)
    {
        try
        {
            await Task.Delay(time, clock, end).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
