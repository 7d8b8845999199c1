using MemCache.Core;
using Microsoft.Extensions.Logging;

namespace MemCache.DistributedCache;

/// <summary>
/// Keeps a pool that hangs from costing every operation its timeout, and the log from drowning. After a timeout,
/// operations fail at once for a while; then one may try. Thread-safe.
/// </summary>
internal sealed class Availability(TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long _timedOutAt; // guarded by _lock
    private bool _isPaused; // guarded by _lock for writing
    private long _loggedAt; // guarded by _lock
    private bool _hasLogged; // guarded by _lock
    private long _failureCount; // guarded by _lock

    /// <summary>Whether an operation may go to the pool.</summary>
    public bool MayTry()
    {
        if (!Volatile.Read(ref _isPaused))
        {
            return true;
        }

        lock (_lock)
        {
            bool mayTry = !_isPaused || clock.GetElapsedTime(_timedOutAt) >= Pause;
            if (mayTry)
            {
                // The others wait for what becomes of this one, or for the next pause to end.
                _timedOutAt = clock.GetTimestamp();
            }

            return mayTry;
        }
    }

    /// <summary>The pool answered.</summary>
    public void Succeeded()
    {
        if (Volatile.Read(ref _isPaused))
        {
            lock (_lock)
            {
                _isPaused = false;
            }
        }
    }

    /// <summary>An operation failed.</summary>
    public void Failed(CacheOperation operation, MmcStatus status)
    {
        long count;
        lock (_lock)
        {
            if (status == MmcStatus.Timeout && !_isPaused)
            {
                _isPaused = true;
                _timedOutAt = clock.GetTimestamp();
            }

            _failureCount++;
            if (_hasLogged && clock.GetElapsedTime(_loggedAt) < LogInterval)
            {
                return;
            }

            _hasLogged = true;
            _loggedAt = clock.GetTimestamp();
            count = _failureCount;
            _failureCount = 0;
        }

        Log.OperationFailed(logger, operation, status, count);
    }
}
