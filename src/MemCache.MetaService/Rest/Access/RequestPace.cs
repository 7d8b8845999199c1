namespace MemCache.MetaService;

/// <summary>
/// Keeps requests at a rate: those within a burst go at once, further ones wait for their turn, and who would wait too
/// long is refused. Thread-safe.
/// </summary>
internal sealed class RequestPace
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _interval; // of the clock's ticks, as all that follow
    private readonly long _burst;
    private readonly long _waitMax;
    private long _next;

    public RequestPace(int countPerSecond, int burstCount, TimeSpan waitMax, TimeProvider time)
    {
        _time = time;
        _interval = time.TimestampFrequency / countPerSecond;
        _burst = burstCount * _interval;
        _waitMax = (long)(waitMax.TotalSeconds * time.TimestampFrequency);
        _next = time.GetTimestamp() - _burst;
    }

    /// <summary>Takes a turn.</summary>
    /// <param name="wait">Time until then.</param>
    /// <returns><see langword="false"/>: it would be too long, and none was taken.</returns>
    public bool TryTake(out TimeSpan wait)
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            long turn = Math.Max(_next, now - _burst);
            long left = Math.Max(0, turn - now);
            wait = TimeSpan.FromSeconds((double)left / _time.TimestampFrequency);
            if (left > _waitMax)
            {
                return false;
            }

            _next = turn + _interval;
            return true;
        }
    }
}
