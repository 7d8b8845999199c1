namespace MemCache.MetaService;

/// <summary>The last points of one step, in a fixed ring. Guarded by the lock of <see cref="History"/>.</summary>
internal sealed class HistoryRing(int stepMs, int countMax)
{
    private readonly HistoryPoint[] _points = new HistoryPoint[countMax];
    private readonly HistorySnapshot _last = new();
    private long _count;
    private long _lastMs;
    private bool _hasLast;

    /// <summary>Milliseconds between two points.</summary>
    public int StepMs { get; } = stepMs;

    /// <summary>Notes a snapshot; it becomes a point when the step has passed.</summary>
    public void Offer(HistorySnapshot now, in HistoryPoint levels, long nowMs)
    {
        if (!_hasLast)
        {
            (_hasLast, _lastMs) = (true, nowMs);
            _last.CopyFrom(now);
            return;
        }

        // A little early counts: the sampler's own step is not exact, no point is skipped for a millisecond.
        if (nowMs - _lastMs < StepMs - (History.StepMs / 2))
        {
            return;
        }

        _points[_count++ % _points.Length] = now.Since(_last, levels);
        _last.CopyFrom(now);
        _lastMs = nowMs;
    }

    /// <summary>The points that are later than <paramref name="afterMs"/>, oldest first.</summary>
    public HistoryPoint[] After(long afterMs)
    {
        long first = Math.Max(0, _count - _points.Length);
        while (first < _count && _points[first % _points.Length].TimeMs <= afterMs)
        {
            first++;
        }

        var points = new HistoryPoint[_count - first];
        for (long i = first; i < _count; i++)
        {
            points[i - first] = _points[i % _points.Length];
        }

        return points;
    }
}
