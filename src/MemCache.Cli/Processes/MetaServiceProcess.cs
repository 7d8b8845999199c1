using System.Globalization;

namespace MemCache.Cli;

/// <summary>
/// A MetaService on free ports of the loopback address, with its files in a directory of the caller's.
/// </summary>
internal sealed class MetaServiceProcess : IAsyncDisposable
{
    private const int StartAttemptCountMax = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private MetaServiceProcess(ChildProcess child, int[] ports)
    {
        Child = child;
        MetaServiceUrl = $"tcp://127.0.0.1:{Text(ports[0])}";
        ConfigStoreUrl = $"tcp://127.0.0.1:{Text(ports[1])}";
        MetricsUrl = new Uri($"http://127.0.0.1:{Text(ports[2])}");
    }

    /// <summary>The process.</summary>
    public ChildProcess Child { get; }

    /// <summary>Where it answers data requests.</summary>
    public string MetaServiceUrl { get; }

    /// <summary>Where it answers membership requests.</summary>
    public string ConfigStoreUrl { get; }

    /// <summary>Where it answers HTTP.</summary>
    public Uri MetricsUrl { get; }

    /// <summary>Starts one and waits until it serves.</summary>
    /// <exception cref="ChildProcessException">It does not start; the message shows the end of its log.</exception>
    public static async Task<MetaServiceProcess> StartAsync(string directory, CancellationToken cancellation)
    {
        // A port that was free a moment ago may be taken now: then other ports are tried.
        for (int attempt = 1; ; attempt++)
        {
            MetaServiceProcess service = Launch(directory);
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

    private static MetaServiceProcess Launch(string directory)
    {
        int[] ports = FreePorts.Take(3);
        string config = Path.Combine(directory, "mmc-meta.conf");
        File.WriteAllLines(config,
        [
            $"ock.mmc.meta_service_url = tcp://127.0.0.1:{Text(ports[0])}",
            $"ock.mmc.meta_service.config_store_url = tcp://127.0.0.1:{Text(ports[1])}",
            $"ock.mmc.meta_service.metrics_url = http://127.0.0.1:{Text(ports[2])}",
            $"ock.mmc.meta_service.socket_path = {directory}",
            $"ock.mmc.log_path = {directory}",
            "ock.mmc.log_output_target = screen",
        ]);
        var child = ChildProcess.Start(
            "mmc_meta_service", Programs.MetaService(), outputIsLog: true, "--config", config);
        return new MetaServiceProcess(child, ports);
    }

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
