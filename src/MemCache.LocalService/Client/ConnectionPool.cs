using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// The RPC connections of one session. A call rents one for its length and is alone on it: its thread sends, waits and receives without a
/// hand-off. At most <see cref="Limits.ConnectionCountMaxPerClient"/>; further callers wait with their deadline. A connection is closed
/// only when no call uses it, which is what tells the MetaService that no copy under its reservations is running.
/// </summary>
internal sealed class ConnectionPool(Func<long, (MmcStatus Status, CallContext? Context)> connect) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<CallContext> _idle = new(Limits.ConnectionCountMaxPerClient); // guarded by _lock
    private readonly SemaphoreSlim _permits = new(Limits.ConnectionCountMaxPerClient);
    private bool _closed; // guarded by _lock

    /// <summary>Rents a connection, a new one if none is idle.</summary>
    public MmcStatus Rent(TimeSpan wait, long deadline, out CallContext? context)
    {
        context = null;
        if (!_permits.Wait(wait))
        {
            return MmcStatus.Timeout;
        }

        lock (_lock)
        {
            if (!_closed && _idle.TryPop(out context))
            {
                return MmcStatus.Ok;
            }

            if (_closed)
            {
                _permits.Release();
                return MmcStatus.NotConnectedToMeta;
            }
        }

        (MmcStatus status, context) = connect(deadline);
        if (status != MmcStatus.Ok)
        {
            _permits.Release();
        }

        return status;
    }

    /// <summary>Gives a connection back; one that failed, or whose pool was closed meanwhile, is closed.</summary>
    public void Return(CallContext context)
    {
        bool keep;
        lock (_lock)
        {
            keep = !_closed && context.Connection.IsUsable;
            if (keep)
            {
                _idle.Push(context);
            }
        }

        if (!keep)
        {
            context.Dispose();
        }

        _permits.Release();
    }

    /// <summary>Waits until no call is running, and lets none begin.</summary>
    /// <returns><see langword="false"/> if a call still runs after <paramref name="wait"/>.</returns>
    public bool Drain(TimeSpan wait)
    {
        Close();
        long start = TimeProvider.System.GetTimestamp();
        int taken = 0;
        bool drained = true;
        while (drained && taken < Limits.ConnectionCountMaxPerClient)
        {
            TimeSpan left = wait - TimeProvider.System.GetElapsedTime(start);
            drained = _permits.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            taken += drained ? 1 : 0;
        }

        // Callers that wait for a connection find the pool closed, instead of waiting for their deadline.
        if (taken > 0)
        {
            _permits.Release(taken);
        }

        return drained;
    }

    /// <summary>Closes the idle connections; those in use are closed when they come back.</summary>
    public void Dispose() => Close();

    private void Close()
    {
        lock (_lock)
        {
            _closed = true;
            while (_idle.TryPop(out CallContext? context))
            {
                context.Dispose();
            }
        }
    }
}
