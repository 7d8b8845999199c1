using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// Who may do what over HTTP: bearer tokens and client certificates, read anew when their files change. Without either
/// everything is open, as the port's address decides who reaches it.
/// </summary>
internal sealed class HttpAccess : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly AccessTokens? _tokens;
    private readonly HttpRight _openRight;
    private readonly TimeProvider _time;
    private ILogger _logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
    private ITimer? _timer;
    private int _isRefreshing;

    private HttpAccess(AccessTokens? tokens, HttpsKeyring? keyring, HttpRight openRight, TimeProvider time)
    {
        _tokens = tokens;
        Keyring = keyring;
        _openRight = openRight;
        _time = time;
    }

    /// <summary>Certificate and key; <see langword="null"/>: the port is not encrypted.</summary>
    public HttpsKeyring? Keyring { get; }

    /// <summary>Reads all files.</summary>
    /// <exception cref="OptionsException">One can't be used.</exception>
    public static HttpAccess Open(MetaServiceOptions options, bool isSecure, TimeProvider time)
    {
        HttpsKeyring? keyring = isSecure ? HttpsKeyring.Open(options, time) : null;
        AccessTokens? tokens = options.HttpTokenPath.Length > 0 ? AccessTokens.Open(options.HttpTokenPath) : null;
        bool isGuarded = tokens is not null || options.HttpClientCertificate == "optional";
        HttpRight open = !isGuarded ? HttpRight.Change : options.HttpOpen switch
        {
            "none" => HttpRight.Page,
            "metrics" => HttpRight.Metrics,
            "read" => HttpRight.Read,
            _ => HttpRight.Health,
        };
        return new HttpAccess(tokens, keyring, open, time);
    }

    /// <summary>Begins to look after the files.</summary>
    public void Start(ILogger logger)
    {
        _logger = logger;
        if (_tokens is not null || Keyring is not null)
        {
            _timer = _time.CreateTimer(static state => ((HttpAccess)state!).Refresh(), this, Interval, Interval);
        }
    }

    /// <summary>
    /// Whether a request may do what asks for <paramref name="right"/>. A client certificate was judged in the
    /// handshake.
    /// </summary>
    public bool Allows(HttpContext context, HttpRight right) =>
        right <= _openRight
        || context.Connection.ClientCertificate is not null
        || _tokens is not null && _tokens.Matches(context.Request.Headers.Authorization);

    public void Dispose()
    {
        _timer?.Dispose();
        Keyring?.Dispose();
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
            _tokens?.Refresh(_logger);
            Keyring?.Refresh(_logger);
        }
        catch (Exception exception)
        {
            // The top of a timer's callback: what was read before goes on serving.
            Log.TlsRefreshFailed(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _isRefreshing, 0);
        }
    }
}
