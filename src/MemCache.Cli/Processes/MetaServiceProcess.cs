using System.Globalization;

namespace MemCache.Cli;

/// <summary>
/// A MetaService on free ports of the loopback address or of a host's, with its files in a directory of the caller's.
/// </summary>
internal sealed class MetaServiceProcess : IAsyncDisposable
{
    private const int StartAttemptCountMax = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<string> _command;
    private readonly string _config;

    private MetaServiceProcess(IReadOnlyList<string> command, string config, string address, int[] ports)
    {
        _command = command;
        _config = config;
        MetaServiceUrl = $"tcp://{address}:{Text(ports[0])}";
        ConfigStoreUrl = $"tcp://{address}:{Text(ports[1])}";
        MetricsUrl = new Uri($"http://{address}:{Text(ports[2])}");
        Child = Launch();
    }

    /// <summary>The process.</summary>
    public ChildProcess Child { get; private set; }

    /// <summary>Where it answers data requests.</summary>
    public string MetaServiceUrl { get; }

    /// <summary>Where it answers membership requests.</summary>
    public string ConfigStoreUrl { get; }

    /// <summary>Where it answers HTTP.</summary>
    public Uri MetricsUrl { get; }

    /// <summary>Starts one on the loopback address and waits until it serves.</summary>
    /// <exception cref="ChildProcessException">It does not start; the message shows the end of its log.</exception>
    public static Task<MetaServiceProcess> StartAsync(string directory, CancellationToken cancellation) =>
        StartAsync(directory, null, [], cancellation);

    /// <summary>Starts one and waits until it serves.</summary>
    /// <param name="directory">Of its files.</param>
    /// <param name="host">Where it runs; <see langword="null"/>: here, on the loopback address.</param>
    /// <param name="settings">Further lines of its configuration.</param>
    /// <param name="cancellation">Ends the wait, and the service.</param>
    /// <exception cref="ChildProcessException">It does not start; the message shows the end of its log.</exception>
    public static async Task<MetaServiceProcess> StartAsync(
        string directory, Host? host, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        // A port that was free a moment ago may be taken now: then other ports are tried.
        for (int attempt = 1; ; attempt++)
        {
            MetaServiceProcess service = Prepare(directory, host, settings);
            try
            {
                await service.WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
                return service;
            }
            catch (ChildProcessException) when (attempt < StartAttemptCountMax && service.Child.HasExited)
            {
                await service.DisposeAsync().ConfigureAwait(false);
            }
            catch
            {
                await service.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Ends it in order.</summary>
    public async ValueTask DisposeAsync()
    {
        Child.Terminate();
        await Child.WaitForExitAsync(StopTimeout).ConfigureAwait(false);
        await Child.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Kills it without warning and starts another in its place.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await Child.DisposeAsync().ConfigureAwait(false);
        Child = Launch();
        await WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
    }

    private static MetaServiceProcess Prepare(string directory, Host? host, IReadOnlyList<string> settings)
    {
        int[] ports = FreePorts.Take(3);
        string address = host?.Address ?? "127.0.0.1";
        // Beside the shared memory of its host: what must not be reached from another one lies there.
        string sockets = host is null ? directory : Path.Combine(host.Directory, "run");
        string config = Path.Combine(directory, "mmc-meta.conf");
        File.WriteAllLines(config,
        [
            $"ock.mmc.meta_service_url = tcp://{address}:{Text(ports[0])}",
            $"ock.mmc.meta_service.config_store_url = tcp://{address}:{Text(ports[1])}",
            $"ock.mmc.meta_service.metrics_url = http://{address}:{Text(ports[2])}",
            $"ock.mmc.meta_service.socket_path = {sockets}",
            $"ock.mmc.log_path = {directory}",
            "ock.mmc.log_output_target = screen",
            .. settings,
        ]);
        IReadOnlyList<string> command = host is null ? Programs.MetaService() : host.Wrap(Programs.MetaService());
        return new MetaServiceProcess(command, config, address, ports);
    }

    private ChildProcess Launch() =>
        ChildProcess.Start("mmc_meta_service", _command, outputIsLog: true, "--config", _config);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        while (true)
        {
            string line = await Child.ReadLineAsync(StartTimeout, "\"ready\"", cancellation).ConfigureAwait(false);
            if (line.Contains("ready", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }
    }
}
