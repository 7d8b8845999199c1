using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// How full the pool is, asked from the MetaService's metrics. For the display only: no answer is shown as none.
/// </summary>
internal sealed class PoolFill : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(1) };

    /// <summary>Where the metrics are; <see langword="null"/> until the MetaService serves.</summary>
    public Uri? MetricsUrl { get; set; }

    /// <summary>For example <c>1.2 GiB of 1.5 GiB (80 %)</c>.</summary>
    public string Text { get; private set; } = "-";

    /// <summary>Asks again.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        if (MetricsUrl is not { } url)
        {
            return;
        }

        try
        {
            string text = await _http.GetStringAsync(new Uri(url, "/metrics"), cancellation).ConfigureAwait(false);
            long used = (long)MetricsText.Sum(text, "memcache_allocated_bytes");
            long capacity = (long)MetricsText.Sum(text, "memcache_total_capacity_bytes");
            string share = (100.0 * used / Math.Max(1, capacity)).ToString("0", CultureInfo.InvariantCulture);
            Text = capacity == 0 ? "-" : $"{ByteSize.Format(used)} of {ByteSize.Format(capacity)} ({share} %)";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            Text = "-";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
