using System.Diagnostics;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// Decides how long to poll before blocking. To wake a blocked thread costs 5-20 us with busy cores and 80-130 us on an idle virtual machine,
/// so a short poll pays when the answer is near; when it was not near lately, the poll is shortened until it is nothing but a rare probe.
/// Not thread-safe: one per connection or serving thread.
/// </summary>
public struct AdaptiveSpin
{
    /// <summary>Longest poll unless configured: a little above what a wake-up on a busy machine costs.</summary>
    public const int MicrosecondsDefault = 50;

    // After this many rounds without polling one is tried again, so that a change of the load is noticed. Rarer tries cost less and were worse:
    // a try pays only when the other side polls too, and both sides got stuck in blocking.
    private const int ProbeInterval = 64;

    private readonly long _ticksMax;
    private long _ticks;
    private int _roundsBlocked;

    /// <summary>A spin of at most <paramref name="microsecondsMax"/>; 0 never polls, -1 takes the default for the number of cores.</summary>
    public AdaptiveSpin(int microsecondsMax)
    {
        int microseconds = microsecondsMax >= 0 ? microsecondsMax
            : Environment.ProcessorCount > 1 ? MicrosecondsDefault : 0;
        _ticksMax = (long)(microseconds * (Stopwatch.Frequency / 1e6));
        _ticks = _ticksMax;
    }

    /// <summary>How long to poll this time, in <see cref="Stopwatch"/> ticks; 0: block at once.</summary>
    public long NextTicks()
    {
        if (_ticks > 0 || _ticksMax == 0)
        {
            return _ticks;
        }

        if (++_roundsBlocked < ProbeInterval)
        {
            return 0;
        }

        _roundsBlocked = 0;
        return _ticksMax;
    }

    /// <summary>Waits for events of a serving thread's sockets: polls for as long as it pays, then blocks.</summary>
    /// <param name="epoll">Belongs to the calling thread.</param>
    /// <param name="timeoutMs">Longest block, in milliseconds.</param>
    /// <returns>Number of events; 0: none came in time.</returns>
    public int Wait(EpollSet epoll, int timeoutMs)
    {
        ArgumentNullException.ThrowIfNull(epoll);
        long ticks = NextTicks();
        if (ticks > 0)
        {
            long end = Stopwatch.GetTimestamp() + ticks;
            int count;
            do
            {
                count = epoll.Wait(0).Count;
            }
            while (count == 0 && Stopwatch.GetTimestamp() < end);
            Report(count > 0);
            if (count > 0)
            {
                return count;
            }
        }

        return epoll.Wait(timeoutMs).Count;
    }

    /// <summary>Notes whether what was waited for came while polling.</summary>
    public void Report(bool cameInTime)
    {
        if (cameInTime)
        {
            _ticks = _ticksMax;
            _roundsBlocked = 0;
        }
        else
        {
            // Four misses in a row end it.
            _ticks = _ticks > _ticksMax / 8 ? _ticks / 2 : 0;
        }
    }
}
