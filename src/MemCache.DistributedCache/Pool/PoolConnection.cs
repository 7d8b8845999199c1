using MemCache.Core;
using MemCache.LocalService;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MemCache.DistributedCache;

/// <summary>
/// Opens the pool on a thread of its own and tries until it succeeds, so that a service starts without its cache rather
/// than not at all. The first attempt is waited for, by the host's start or by the first call, as long as a call may
/// take.
/// </summary>
internal sealed class PoolConnection : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly LocalServiceOptions _options;
    private readonly ILogger _storeLogger;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private bool _hasBegun; // guarded by _lock: the thread was started
    private bool _isClosed; // guarded by _lock: it will not be any more
    private volatile ObjectStore? _store;

    public PoolConnection(IOptions<MemCacheOptions> options, ILoggerFactory loggers)
    {
        _options = options.Value.LocalService;
        _storeLogger = loggers.CreateLogger<ObjectStore>();
        _logger = loggers.CreateLogger("MemCache.DistributedCache");
        _thread = new Thread(Open) { IsBackground = true, Name = "mmc-open" };
        foreach (string warning in options.Value.Warnings)
        {
            Log.Configuration(_logger, warning);
        }
    }

    /// <summary>The open store; <see langword="null"/> before it is open.</summary>
    public ObjectStore? Current => _store;

    private TimeSpan Timeout => TimeSpan.FromSeconds(_options.ClientTimeoutSeconds);

    /// <summary>The store; <see langword="null"/>: it could not be opened yet.</summary>
    public ObjectStore? Get()
    {
        if (_store is { } store)
        {
            return store;
        }

        Begin();
        _firstAttempt.Task.Wait(Timeout);
        return _store;
    }

    /// <summary>As <see cref="Get"/>, without a thread that waits.</summary>
    public ValueTask<ObjectStore?> GetAsync(CancellationToken cancellation) =>
        _store is { } store ? new(store) : WaitAsync(this, cancellation);

    /// <summary>Leaves the pool. Idempotent.</summary>
    public void Dispose()
    {
        bool hasBegun;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            hasBegun = _hasBegun;
        }

        _stop.Set();
        if (hasBegun)
        {
            _thread.Join();
        }

        _firstAttempt.TrySetResult();
        _store?.Dispose();
        _stop.Dispose();
    }

    private static async ValueTask<ObjectStore?> WaitAsync(PoolConnection connection, CancellationToken cancellation)
    {
        connection.Begin();
        try
        {
            await connection._firstAttempt.Task.WaitAsync(connection.Timeout, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The attempt goes on, for example to make a large segment; this call goes without it.
        }

        return connection._store;
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (!_hasBegun && !_isClosed)
            {
                _hasBegun = true;
                _thread.Start();
            }
        }
    }

    private void Open()
    {
        bool goesOn = true;
        for (bool isFirst = true; goesOn; isFirst = false)
        {
            goesOn = TryOpen(isFirst);
            _firstAttempt.TrySetResult();
            goesOn = goesOn && !_stop.Wait(RetryInterval);
        }
    }

    /// <summary>Whether to try again.</summary>
    private bool TryOpen(bool isFirst)
    {
        try
        {
            MmcStatus status = ObjectStore.Open(_options, _storeLogger, out ObjectStore? store, out string error);
            _store = store;
            return Report(status, error, isFirst);
        }
        catch (Exception exception)
        {
            // The top of a thread of ours inside a host's process: nothing may leave.
            Log.NeverOpened(_logger, MmcStatus.Internal, exception.ToString());
            return false;
        }
    }

    /// <summary>Whether to try again.</summary>
    private bool Report(MmcStatus status, string error, bool isFirst)
    {
        switch (status)
        {
            case MmcStatus.Ok:
                Log.Opened(_logger);
                return false;
            case MmcStatus.InvalidParameter or MmcStatus.ProtocolMismatch:
                Log.NeverOpened(_logger, status, error);
                return false;
            default:
                if (isFirst)
                {
                    Log.NotOpened(_logger, status, error);
                }

                return true;
        }
    }
}
