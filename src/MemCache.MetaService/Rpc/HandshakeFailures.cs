namespace MemCache.MetaService;

/// <summary>
/// Counts the connections that one listener turned away before their first request, and decides which of them are
/// worth a line in the log:
/// a few at once, then one in a while, so that a flood of strangers does not bury everything else. Thread-safe.
/// </summary>
internal sealed class HandshakeFailures
{
    private const int LinesPerInterval = 10;
    private const long IntervalMs = 10_000;

    private readonly Lock _lock = new();
    private long _count; // guarded by _lock, like all of it
    private long _intervalBeganMs = long.MinValue / 2;
    private int _lines;
    private long _unlogged;

    /// <summary>Failures since the start.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Counts one.</summary>
    /// <param name="nowMs">The server's clock.</param>
    /// <param name="unlogged">Failures since the last line that had none.</param>
    /// <returns>Whether this one is to be logged.</returns>
    public bool Note(long nowMs, out long unlogged)
    {
        lock (_lock)
        {
            _count++;
            if (nowMs - _intervalBeganMs >= IntervalMs)
            {
                _intervalBeganMs = nowMs;
                _lines = 0;
            }

            bool isLogged = _lines < LinesPerInterval;
            _lines += isLogged ? 1 : 0;
            unlogged = isLogged ? _unlogged : 0;
            _unlogged = isLogged ? 0 : _unlogged + 1;
            return isLogged;
        }
    }
}
