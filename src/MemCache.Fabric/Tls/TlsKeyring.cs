using System.Globalization;
using MemCache.Core;
using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Certificate, key, authorities and revocation lists of one kind of connection, as its files hold them now: <see
/// cref="Refresh"/> reads changed files, and connections made after that use the new ones. Channels may be made on any
/// thread; one thread refreshes.
/// </summary>
public sealed class TlsKeyring : IChannelFactory, IDisposable
{
    private const long DaySeconds = 86_400;
    private const long WarnSeconds = 30 * DaySeconds;
    private const long UrgentSeconds = 7 * DaySeconds;

    // The thread that refreshes has heartbeats to send: a slow decrypter must not cost a membership.
    private const int RefreshDecrypterMs = 2000;

    // A file that could not be used is tried again when it changes, and this often for reasons that do not show in it.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(1);

    private readonly TlsOptions _options;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile TlsContext _context; // written by the refreshing thread
    private long _expiresAtSeconds; // Unix time; written by the refreshing thread
    private string _seen; // refreshing thread only, like what follows
    private DateTimeOffset _retryAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _warnAt;

    private TlsKeyring(
        TlsOptions options, string prefix, TimeProvider time, ILogger logger, TlsContext context, string seen)
    {
        _options = options;
        _prefix = prefix;
        _time = time;
        _logger = logger;
        _context = context;
        _seen = seen;
        NoteExpiry(context);
    }

    /// <summary>Seconds until our certificate, or a revocation list, expires; negative: it has.</summary>
    public long SecondsUntilExpiry => Volatile.Read(ref _expiresAtSeconds) - _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Reads the files. A decrypter is given up to 10 s.</summary>
    /// <param name="options">Where they are; <see cref="TlsOptions.Enable"/> is not looked at.</param>
    /// <param name="prefix">What their configuration keys begin with.</param>
    /// <param name="time">Clock that expiry is judged by; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Log.</param>
    /// <param name="keyring">The keyring, or <see langword="null"/>.</param>
    /// <param name="error">All problems, one a line, with their keys.</param>
    public static bool TryOpen(
        TlsOptions options, string prefix, TimeProvider? time, ILogger logger, out TlsKeyring? keyring, out string error)
    {
        string seen = Fingerprint(options);
        keyring = null;
        if (!TlsContext.TryCreate(options, prefix, out TlsContext? context, out IReadOnlyList<string> problems))
        {
            error = string.Join(Environment.NewLine, problems);
            return false;
        }

        error = "";
        keyring = new TlsKeyring(options, prefix, time ?? TimeProvider.System, logger, context!, seen);
        FabricLog.TlsReady(logger, prefix, context!.LibraryText, context.Subject, DaysOf(keyring.SecondsUntilExpiry));
        keyring.WarnIfDue();
        return true;
    }

    /// <summary>
    /// The keyring of a connection that is configured to be encrypted: none if it is not, or if its address is a Unix
    /// socket, which the kernel guards.
    /// </summary>
    /// <param name="options">The group of settings.</param>
    /// <param name="prefix">What their configuration keys begin with.</param>
    /// <param name="url">Address of the connection.</param>
    /// <param name="logger">Log.</param>
    /// <param name="keyring">The keyring, or <see langword="null"/>.</param>
    /// <param name="error">All problems, one a line; empty if the result is <see langword="true"/>.</param>
    public static bool TryOpenFor(
        TlsOptions options, string prefix, string url, ILogger logger, out TlsKeyring? keyring, out string error)
    {
        keyring = null;
        error = "";
        if (!options.Enable)
        {
            return true;
        }

        if (url.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
        {
            FabricLog.TlsNeedless(logger, prefix, url);
            return true;
        }

        return TryOpen(options, prefix, null, logger, out keyring, out error);
    }

    /// <inheritdoc/>
    public SocketChannel Accept(SocketHandle socket) => _context.Accept(socket);

    /// <inheritdoc/>
    public SocketChannel Connect(SocketHandle socket, string host) => _context.Connect(socket, host);

    /// <summary>Looks whether a file has changed, and warns of certificates that end soon. To be called every few
    /// seconds.</summary>
    public void Refresh()
    {
        string now = Fingerprint(_options);
        if (now != _seen || _time.GetUtcNow() >= _retryAt)
        {
            Reload(now);
        }

        WarnIfDue();
    }

    /// <summary>Lets go of the files' content; channels that were made live on.</summary>
    public void Dispose() => _context.Dispose();

    private void Reload(string fingerprint)
    {
        bool isChange = fingerprint != _seen;
        _seen = fingerprint;
        if (TlsContext.TryCreate(
            _options, _prefix, out TlsContext? context, out IReadOnlyList<string> problems, RefreshDecrypterMs))
        {
            // The old one is left to the collector: another thread may be making a channel of it at this moment.
            _context = context!;
            _retryAt = DateTimeOffset.MaxValue;
            _warnAt = default;
            NoteExpiry(context!);
            FabricLog.TlsReloaded(_logger, _prefix, context!.Subject, DaysOf(SecondsUntilExpiry));
            return;
        }

        _retryAt = _time.GetUtcNow() + RetryInterval;
        if (isChange)
        {
            FabricLog.TlsNotReloaded(_logger, _prefix, string.Join("; ", problems));
        }
    }

    private void NoteExpiry(TlsContext context) =>
        Volatile.Write(
            ref _expiresAtSeconds,
            _time.GetUtcNow().ToUnixTimeSeconds() + Math.Min(context.SecondsUntilExpiry, int.MaxValue));

    // Once a day in the last month, once an hour in the last week.
    private void WarnIfDue()
    {
        DateTimeOffset now = _time.GetUtcNow();
        long left = SecondsUntilExpiry;
        if (left >= WarnSeconds || now < _warnAt)
        {
            return;
        }

        _warnAt = now + (left < UrgentSeconds ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1));
        string file = _context.ExpiresFirst;
        if (left <= 0)
        {
            FabricLog.TlsExpired(_logger, _prefix, file);
        }
        else
        {
            FabricLog.TlsExpiresSoon(_logger, _prefix, file, DaysOf(left));
        }
    }

    private static long DaysOf(long seconds) => seconds / DaySeconds;

    /// <summary>
    /// A text that changes with every way to replace one of the files: writing it, renaming another over it, turning a
    /// link; and with its mode.
    /// </summary>
    public static string Fingerprint(TlsOptions options)
    {
        var text = new System.Text.StringBuilder();
        foreach ((_, string path) in options.Files())
        {
            FileStatus status = default;
            if (PosixFile.OpenFollowing(path, out PosixFile? file) == Errno.None && file is not null)
            {
                _ = file.ReadStatus(out status);
                file.Dispose();
            }

            text.Append(
                CultureInfo.InvariantCulture,
                $"{status.Device}:{status.Inode}:{status.SizeBytes}:{status.ModifiedNanoseconds}:");
            text.Append(CultureInfo.InvariantCulture, $"{status.Permissions}:{status.UserId};");
        }

        return text.ToString();
    }
}
