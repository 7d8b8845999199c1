using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Certificates of a LocalService: of data requests, of membership and of the data path, each with files of its own,
/// each on or off.
/// </summary>
internal sealed class StoreTls : IDisposable
{
    // Files are looked at this often, whatever the heartbeat.
    private const int RefreshMs = 2000;

    private long _refreshAt; // the thread that refreshes only

    private StoreTls(TlsKeyring? control, TlsKeyring? membership, TlsKeyring? data)
    {
        Control = control;
        Membership = membership;
        Data = data;
        _refreshAt = Deadline.In(RefreshMs);
    }

    /// <summary>Of data requests to the MetaService; <see langword="null"/>: in the clear.</summary>
    public TlsKeyring? Control { get; }

    /// <summary>Of membership; <see langword="null"/>: in the clear.</summary>
    public TlsKeyring? Membership { get; }

    /// <summary>Of the data path between hosts, both ends; <see langword="null"/>: in the clear.</summary>
    public TlsKeyring? Data { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="options">Configuration, validated.</param>
    /// <param name="logger">Log.</param>
    /// <param name="tls">The certificates.</param>
    /// <param name="error">All problems, one a line.</param>
    public static bool TryOpen(LocalServiceOptions options, ILogger logger, out StoreTls tls, out string error)
    {
        bool isOk = TlsKeyring.TryOpenFor(
            options.Tls, LocalServiceOptions.TlsPrefix, options.MetaServiceUrl, logger, out TlsKeyring? control, out string first);
        isOk &= TlsKeyring.TryOpenFor(
            options.ConfigStoreTls, LocalServiceOptions.ConfigStoreTlsPrefix, options.ConfigStoreUrl, logger,
            out TlsKeyring? membership, out string second);
        isOk &= TlsKeyring.TryOpenFor(
            options.HcomTls, LocalServiceOptions.HcomTlsPrefix, options.HcomUrl, logger, out TlsKeyring? data, out string third);
        error = string.Join(Environment.NewLine, new[] { first, second, third }.Where(text => text.Length > 0));
        tls = new StoreTls(control, membership, data);
        return isOk;
    }

    /// <summary>Reads files that have changed, if it is time to look again. One thread.</summary>
    public void RefreshIfDue()
    {
        if (!Deadline.HasPassed(_refreshAt))
        {
            return;
        }

        _refreshAt = Deadline.In(RefreshMs);
        Control?.Refresh();
        Membership?.Refresh();
        Data?.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Control?.Dispose();
        Membership?.Dispose();
        Data?.Dispose();
    }
}
