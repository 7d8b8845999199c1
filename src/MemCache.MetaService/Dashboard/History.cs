using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>
/// What the pool did of late, in fixed memory (below 500 KB): seconds for 5 minutes, steps of 10 s for an hour, minutes
/// for a day. Thread-safe.
/// </summary>
internal sealed class History(MonotonicClock clock, TimeProvider time)
{
    /// <summary>Milliseconds between two samples.</summary>
    public const int StepMs = 1000;

    private readonly Lock _lock = new();
    private readonly HistorySnapshot _now = new();
    private readonly HistoryRing[] _rings =
        [new(StepMs, 300), new(10 * StepMs, 360), new(60 * StepMs, 1440)];

    /// <summary>Takes a sample.</summary>
    public void Sample(MetaEngineStats stats, RequestLane requests, int sessionCount)
    {
        long nowMs = clock.NowMs;
        var levels = new HistoryPoint
        {
            TimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            CapacityBytes = stats.Media.Sum(medium => medium.CapacityBytes),
            UsedBytes = stats.Media.Sum(medium => medium.UsedBytes),
            ObjectCount = stats.ObjectCount,
            SessionCount = sessionCount,
        };
        lock (_lock)
        {
            _now.Read(stats, requests, nowMs);
            foreach (HistoryRing ring in _rings)
            {
                ring.Offer(_now, levels, nowMs);
            }
        }
    }

    /// <summary>Milliseconds between two points of a range.</summary>
    public int StepOf(HistoryRange range) => _rings[(int)range].StepMs;

    /// <summary>The points of a range that are later than <paramref name="afterMs"/>, oldest first.</summary>
    public HistoryPoint[] After(HistoryRange range, long afterMs)
    {
        lock (_lock)
        {
            return _rings[(int)range].After(afterMs);
        }
    }
}
