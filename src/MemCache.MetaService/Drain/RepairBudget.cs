namespace MemCache.MetaService;

/// <summary>
/// Bytes that repairs may copy: so many a second, and not more at once than what a second brings. Thread-safe.
/// </summary>
internal sealed class RepairBudget
{
    private readonly Lock _lock = new();
    private long _bytesPerSecond;
    private long _available;
    private long _filledMs;

    /// <summary>The rate; 0: no repairs.</summary>
    public long BytesPerSecond
    {
        get
        {
            lock (_lock)
            {
                return _bytesPerSecond;
            }
        }

        set
        {
            lock (_lock)
            {
                _bytesPerSecond = value;
                _available = Math.Min(_available, value);
            }
        }
    }

    /// <summary>
    /// What may be copied now; a repair that begins below it may go beyond, and later ones wait for that.
    /// </summary>
    public long Available(long nowMs)
    {
        lock (_lock)
        {
            long elapsedMs = Math.Clamp(nowMs - _filledMs, 0, 1000);
            _filledMs = nowMs;
            _available = Math.Min(_available + (_bytesPerSecond * elapsedMs / 1000), _bytesPerSecond);
            return Math.Max(0, _available);
        }
    }

    /// <summary>Repairs of this size were handed out.</summary>
    public void Spend(long sizeBytes)
    {
        lock (_lock)
        {
            _available -= sizeBytes;
        }
    }
}
