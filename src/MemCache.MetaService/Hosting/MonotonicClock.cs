namespace MemCache.MetaService;

/// <summary>Milliseconds since some moment before the start: what the engine and all deadlines of this process count in.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    // A head start, so that "never" can be 0 and differences to the past stay positive.
    private const long StartMs = 1_000_000;

    private readonly long _start = time.GetTimestamp();

    /// <summary>Now; never goes back.</summary>
    public long NowMs => StartMs + (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Milliseconds since the clock was made.</summary>
    public long UptimeMs => NowMs - StartMs;
}
