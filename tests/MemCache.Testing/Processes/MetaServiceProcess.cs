using System.Globalization;
using MemCache.Interop;

namespace MemCache.Testing;

/// <summary>A real MetaService on free ports of its own, with its files in a directory of its own.</summary>
public sealed class MetaServiceProcess : IDisposable
{
    private readonly IReadOnlyList<string> _command;

    /// <summary>Starts one on the loopback address and waits until it is ready.</summary>
    /// <param name="settings">Lines for its configuration file, such as <c>ock.mmc.evict_threshold_high = 90</c>.</param>
    public MetaServiceProcess(params string[] settings)
        : this("127.0.0.1", command => command, null, settings)
    {
    }

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="address">Where it serves.</param>
    /// <param name="place">Makes of its command the one that starts it where it is to run.</param>
    /// <param name="socketDirectory">Of its Unix sockets; <see langword="null"/>: <see cref="Directory"/>.</param>
    /// <param name="settings">Lines for its configuration file.</param>
    public MetaServiceProcess(
        string address, Func<IReadOnlyList<string>, IReadOnlyList<string>> place, string? socketDirectory, params string[] settings)
    {
        int[] ports = FreePort.Take(3);
        Directory = System.IO.Directory.CreateTempSubdirectory("memcache-test-").FullName;
        MetaServiceUrl = Invariant($"tcp://{address}:{ports[0]}");
        ConfigStoreUrl = Invariant($"tcp://{address}:{ports[1]}");
        MetricsUrl = Invariant($"http://{address}:{ports[2]}");
        string config = Path.Combine(Directory, "mmc-meta.conf");
        File.WriteAllLines(config,
        [
            $"ock.mmc.meta_service_url = {MetaServiceUrl}",
            $"ock.mmc.meta_service.config_store_url = {ConfigStoreUrl}",
            $"ock.mmc.meta_service.metrics_url = {MetricsUrl}",
            $"ock.mmc.meta_service.socket_path = {socketDirectory ?? Directory}",
            $"ock.mmc.log_path = {Directory}",
            "ock.mmc.log_output_target = screen",
            .. settings,
        ]);
        _command = place([BuildOutput.Program("MemCache.MetaService", "mmc_meta_service"), "--config", config]);
        Child = StartChild();
    }

    /// <summary>The process.</summary>
    public ChildProcess Child { get; private set; }

    /// <summary>Directory of its sockets and logs, and of the segments of a test.</summary>
    public string Directory { get; }

    /// <summary>Where data requests go.</summary>
    public string MetaServiceUrl { get; }

    /// <summary>Where membership requests go.</summary>
    public string ConfigStoreUrl { get; }

    /// <summary>Where HTTP requests go.</summary>
    public string MetricsUrl { get; }

    /// <summary>Starts another in the place of one that was killed.</summary>
    public void Restart() => Child = StartChild();

    /// <summary>Kills it without warning.</summary>
    public void Kill()
    {
        Child.Signal(ProcessSignal.Kill);
        Child.WaitForExit(TimeSpan.FromSeconds(10));
        Child.Dispose();
    }

    /// <summary>Ends it in good order.</summary>
    public void Stop()
    {
        Child.Signal(ProcessSignal.Terminate);
        Child.WaitForExit(TimeSpan.FromSeconds(20));
        Child.Dispose();
    }

    /// <summary>One sample of <c>/metrics</c>, without labels, such as <c>memcache_stored_keys</c>.</summary>
    public double ReadMetric(string name)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        string text = http.GetStringAsync(new Uri(MetricsUrl + "/metrics")).GetAwaiter().GetResult();
        // The sum over its labels: the first line alone would be one medium's or one segment's.
        double[] samples = [.. text.Split('\n')
            .Where(l => l.StartsWith(name + " ", StringComparison.Ordinal) || l.StartsWith(name + "{", StringComparison.Ordinal))
            .Select(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))];
        return samples.Length > 0 ? samples.Sum() : throw new KeyNotFoundException($"no sample '{name}' in:\n{text}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Child.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private ChildProcess StartChild()
    {
        ChildProcess child = ChildProcess.StartCommand(_command);
        child.WaitForOutput("ready", TimeSpan.FromSeconds(30));
        return child;
    }
}
