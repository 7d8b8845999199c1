using System.Globalization;

namespace MemCache.Cli;

/// <summary>Looks at what must hold when everything rests, and when everything has left; keeps what does not.</summary>
internal sealed class SoakChecks(MetaServiceProcess service, TimeProvider clock) : IDisposable
{
    // LIMIT: leases, orphans and sweeps have all ended long before; what is still there then stays.
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<string> _violations = [];

    /// <summary>What did not hold, in words.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Open file descriptors of a process, without those of code that the runtime loads when it is first
    /// used.</summary>
    public static int CountDescriptors(int processId) =>
        new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd"))
            .EnumerateFileSystemInfos()
            .Count(descriptor => descriptor.LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) == false);

    /// <summary>Segments that a process has mapped, whether or not their files still have names.</summary>
    public static int CountMappedSegments(int processId) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps"))
            .Where(line => line.Contains(".segment", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .Distinct()
            .Count();

    /// <summary>Keeps something that does not hold.</summary>
    public void Add(string violation) => _violations.Add(violation);

    /// <summary>Waits until a metric of the MetaService has a value.</summary>
    public Task ExpectMetricAsync(string name, double expected, CancellationToken cancellation) =>
        ExpectAsync(name, async () => MetricsText.Sum(await ReadMetricsAsync(cancellation).ConfigureAwait(false), name),
            value => value == expected, expected.ToString(CultureInfo.InvariantCulture), cancellation);

    /// <summary>Waits until a number is at most so much.</summary>
    public Task ExpectAtMostAsync(string name, Func<int> read, int most, CancellationToken cancellation) =>
        ExpectAsync(name, () => Task.FromResult((double)read()), value => value <= most,
            string.Create(CultureInfo.InvariantCulture, $"at most {most}"), cancellation);

    /// <summary>Waits until as many bytes are allocated as the objects that are known to be there take.</summary>
    public Task ExpectBytesAsync(Func<Task<SoakSurvey>> survey, CancellationToken cancellation) => ExpectAsync(
        "allocated bytes less those of the objects that are there",
        async () =>
        {
            // Both while nothing changes but what eviction takes, so they agree in the end.
            long known = (await survey().ConfigureAwait(false)).StoredBytes;
            string metrics = await ReadMetricsAsync(cancellation).ConfigureAwait(false);
            return MetricsText.Sum(metrics, "memcache_allocated_bytes") - known;
        },
        difference => difference == 0, "0", cancellation);

    /// <summary>Checks that no shared memory is left on a host.</summary>
    public void ExpectNoFiles(Host host)
    {
        string[] left = [.. Directory.EnumerateFiles(host.Directory).Select(path => Path.GetFileName(path))];
        if (left.Length > 0)
        {
            Add($"files left in the shared memory of {host.Address}: {string.Join(", ", left)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task ExpectAsync(
        string name, Func<Task<double>> read, Func<double, bool> isGood, string expected,
        CancellationToken cancellation)
    {
        long begin = clock.GetTimestamp();
        double value = await read().ConfigureAwait(false);
        while (!isGood(value))
        {
            if (clock.GetElapsedTime(begin) > SettleTimeout)
            {
                Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} is {value} and not {expected} after {SettleTimeout.TotalSeconds:0} s"));
                return;
            }

            await Task.Delay(PollInterval, clock, cancellation).ConfigureAwait(false);
            value = await read().ConfigureAwait(false);
        }
    }

    // A connection that is kept open would be one of those that are counted.
    private async Task<string> ReadMetricsAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.MetricsUrl, "/metrics"));
        request.Headers.ConnectionClose = true;
        using HttpResponseMessage reply = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await reply.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
    }
}
