using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>
/// Says once when eviction, or the refusal of reserves, begins, and once when it has ended: a full pool evicts all the
/// time. Not thread-safe: it belongs to the thread that samples.
/// </summary>
internal sealed class PressureWatch(ILogger logger)
{
    /// <summary>Quiet as long as this is the end. Shorter, and a burst a minute would fill the log.</summary>
    public const int QuietMs = 60_000;

    private readonly Episode _eviction = new();
    private readonly Episode _rejection = new();

    /// <summary>Looks at the counters, once a second or so.</summary>
    public void Look(MetaEngineStats stats, long nowMs)
    {
        long evictedCount = stats.EvictedByWatermark + stats.EvictedByReserve;
        if (_eviction.Look(evictedCount, nowMs, out long evicted, out long seconds))
        {
            if (_eviction.IsOn)
            {
                DashboardLog.EvictionBegan(
                    logger, stats.Media.Sum(m => m.UsedBytes), stats.Media.Sum(m => m.CapacityBytes));
            }
            else
            {
                DashboardLog.EvictionEnded(logger, evicted, seconds);
            }
        }

        if (_rejection.Look(stats.ReservesRejected, nowMs, out long rejected, out seconds))
        {
            if (_rejection.IsOn)
            {
                DashboardLog.RejectingBegan(logger);
            }
            else
            {
                DashboardLog.RejectingEnded(logger, rejected, seconds);
            }
        }
    }

    /// <summary>A counter that grows for some time.</summary>
    private sealed class Episode
    {
        private long _seen;
        private long _beginCount;
        private long _beginMs;
        private long _changedMs;

        public bool IsOn { get; private set; }

        /// <summary>Whether it has begun or ended; then how much and how long it was.</summary>
        public bool Look(long count, long nowMs, out long grown, out long seconds)
        {
            bool wasOn = IsOn;
            if (count != _seen)
            {
                (_beginCount, _beginMs) = IsOn ? (_beginCount, _beginMs) : (_seen, nowMs);
                (_seen, _changedMs, IsOn) = (count, nowMs, true);
            }
            else if (IsOn && nowMs - _changedMs >= QuietMs)
            {
                IsOn = false;
            }

            grown = count - _beginCount;
            seconds = Math.Max(1, (_changedMs - _beginMs) / 1000);
            return wasOn != IsOn;
        }
    }
}
