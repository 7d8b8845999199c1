using System.Diagnostics;

namespace MemCache.Fabric;

/// <summary>Deadlines are <see cref="Stopwatch"/> timestamps: monotonic, comparable, free of allocation.</summary>
public static class Deadline
{
    /// <summary>The moment <paramref name="milliseconds"/> from now.</summary>
    public static long In(long milliseconds) =>
        Stopwatch.GetTimestamp() + (long)(milliseconds * (Stopwatch.Frequency / 1000.0));

    /// <summary>Whether the moment has come.</summary>
    public static bool HasPassed(long deadline) => Stopwatch.GetTimestamp() >= deadline;

    /// <summary>Milliseconds until then, rounded up so that a wait of this long does not end too early; 0 when it has passed.</summary>
    public static int MillisecondsLeft(long deadline)
    {
        long ticks = deadline - Stopwatch.GetTimestamp();
        double milliseconds = Math.Ceiling(ticks / (Stopwatch.Frequency / 1000.0));
        return ticks <= 0 ? 0 : (int)Math.Min(milliseconds, int.MaxValue);
    }
}
