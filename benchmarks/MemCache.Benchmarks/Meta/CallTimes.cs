using System.Diagnostics;

namespace MemCache.Benchmarks;

/// <summary>Times of single calls: by the wall, of the thread's own work, and the collector's pauses in them.</summary>
internal sealed class CallTimes(int count)
{
    private readonly List<double> _wall = new(count);
    private readonly List<double> _own = new(count);
    private readonly List<double> _paused = new(count);
    private long _begin;
    private double _ownBegin;
    private TimeSpan _pausedBegin;

    public void Begin()
    {
        _pausedBegin = GC.GetTotalPauseDuration();
        _ownBegin = ThreadClock.Microseconds;
        _begin = Stopwatch.GetTimestamp();
    }

    public void End()
    {
        _wall.Add(Stopwatch.GetElapsedTime(_begin).TotalMicroseconds);
        _own.Add(ThreadClock.Microseconds - _ownBegin);
        _paused.Add((GC.GetTotalPauseDuration() - _pausedBegin).TotalMicroseconds);
    }

    public void Report(string what)
    {
        foreach ((string name, List<double> times) in new[] { ("wall", _wall), ("own work", _own), ("collector's pause", _paused) })
        {
            times.Sort();
            Console.WriteLine(
                $"{what}, {name,-17} us: median {times[times.Count / 2],5:F0}, p99.9 {times[(int)(times.Count * 0.999)],6:F0}, "
                + $"longest {times[^1]:F0} {times[^2]:F0} {times[^3]:F0}");
        }
    }
}
