using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.MetaService;

/// <summary>
/// Certificates of the MetaService: of data requests ("control") and of membership ("config_store"), each with files of
/// its own, each on or off. Looks after the files every two seconds.
/// </summary>
internal sealed class ServerTls : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly TlsKeyring? _control;
    private readonly TlsKeyring? _membership;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ITimer? _timer;
    private int _isRefreshing;

    private ServerTls(TlsKeyring? control, TlsKeyring? membership, TimeProvider time, ILogger logger)
    {
        _control = control;
        _membership = membership;
        _time = time;
        _logger = logger;
    }

    /// <summary>Nothing is encrypted.</summary>
    public static ServerTls None { get; } =
        new(null, null, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    /// <summary>The connections that are encrypted, by the name that metrics use.</summary>
    public IEnumerable<(string Connection, TlsKeyring Keyring)> Keyrings
    {
        get
        {
            if (_control is not null)
            {
                yield return ("control", _control);
            }

            if (_membership is not null)
            {
                yield return ("config_store", _membership);
            }
        }
    }

    /// <summary>Reads the files of both.</summary>
    /// <param name="options">Configuration, validated.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <param name="tls">The certificates.</param>
    /// <param name="error">All problems, one a line.</param>
    public static bool TryOpen(
        MetaServiceOptions options, TimeProvider time, ILogger logger, out ServerTls tls, out string error)
    {
        bool isControlOk = TlsKeyring.TryOpenFor(
            options.Tls, MetaServiceOptions.TlsPrefix, options.MetaServiceUrl, logger, out TlsKeyring? control, out error);
        bool isMembershipOk = TlsKeyring.TryOpenFor(
            options.ConfigStoreTls, MetaServiceOptions.ConfigStoreTlsPrefix, options.ConfigStoreUrl, logger,
            out TlsKeyring? membership, out string membershipError);
        error = string.Join(Environment.NewLine, new[] { error, membershipError }.Where(text => text.Length > 0));
        tls = new ServerTls(control, membership, time, logger);
        return isControlOk && isMembershipOk;
    }

    /// <summary>The listener with what its role asks for.</summary>
    public Listener Guard(Listener listener)
    {
        if (listener.IsUnixSocket)
        {
            return listener;
        }

        bool servesData = (listener.Role & ListenerRole.Data) != 0;
        TlsKeyring? keyring = servesData ? _control : _membership;
        return listener with
        {
            Tls = keyring,
            // Else a stranger would find in the clear there what is guarded here.
            RefusesData = !servesData && keyring is null && _control is not null,
        };
    }

    /// <summary>Begins to look after the files.</summary>
    public void Start()
    {
        if (Keyrings.Any())
        {
            _timer = _time.CreateTimer(static state => ((ServerTls)state!).Refresh(), this, Interval, Interval);
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _control?.Dispose();
        _membership?.Dispose();
    }

    private void Refresh()
    {
        // A slow decrypter must not be started again by the next tick.
        if (Interlocked.Exchange(ref _isRefreshing, 1) != 0)
        {
            return;
        }

        try
        {
            foreach ((_, TlsKeyring keyring) in Keyrings)
            {
                keyring.Refresh();
            }
        }
        catch (Exception exception)
        {
            // The top of a timer's callback: the certificates that are loaded go on serving.
            Log.TlsRefreshFailed(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _isRefreshing, 0);
        }
    }
}
