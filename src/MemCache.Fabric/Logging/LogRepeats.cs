using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Lets a message through once and counts it for a while: the same event with the same values, and any event that comes too
/// often with different ones. Thread-safe; debug messages pass.
/// </summary>
public sealed class LogRepeats(TimeProvider time)
{
    /// <summary>How long repeats are counted before their number is told.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Different messages of one event in a window; the joining of a rack of hosts fits.</summary>
    public const int DifferentMax = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Category, int EventId, string Message), Count> _messages = [];
    private readonly Dictionary<(string Category, int EventId), Count> _events = [];
    private long _nextCollect;

    /// <summary>Whether to write this message.</summary>
    public bool Admit(LogLevel level, string category, int eventId, string message)
    {
        if (level < LogLevel.Information)
        {
            return true;
        }

        lock (_lock)
        {
            if (_messages.TryGetValue((category, eventId, message), out Count? same) && !HasEnded(same))
            {
                same.Suppressed++;
                return false;
            }

            if (!_events.TryGetValue((category, eventId), out Count? all) || HasEnded(all))
            {
                // What an ended one has counted is lost only if nobody collects.
                all = new Count(level, time.GetTimestamp()) { Suppressed = all?.Suppressed ?? 0 };
                _events[(category, eventId)] = all;
            }

            if (all.Admitted >= DifferentMax)
            {
                all.Suppressed++;
                return false;
            }

            all.Admitted++;
            long before = same?.Suppressed ?? 0;
            _messages[(category, eventId, message)] = new Count(level, time.GetTimestamp()) { Suppressed = before };
            return true;
        }
    }

    /// <summary>What was counted in windows that have ended, as messages; looks once a second at most.</summary>
    /// <param name="all">Also those that have not ended: the log is about to.</param>
    public IReadOnlyList<LogEntry> Collect(bool all = false)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            if (!all && now < _nextCollect)
            {
                return [];
            }

            _nextCollect = now + time.TimestampFrequency;
            var entries = new List<LogEntry>();
            foreach (((string category, int eventId, string message), Count count) in
                _messages.Where(pair => all || HasEnded(pair.Value)).ToArray())
            {
                _messages.Remove((category, eventId, message));
                Tell(entries, count, category, eventId, $"repeated {{0}} times: {Escape(message)}");
            }

            foreach (((string category, int eventId), Count count) in
                _events.Where(pair => all || HasEnded(pair.Value)).ToArray())
            {
                _events.Remove((category, eventId));
                Tell(entries, count, category, eventId, "{0} more messages of this event were left out");
            }

            return entries;
        }
    }

    private static string Escape(string message) =>
        message.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private void Tell(List<LogEntry> entries, Count count, string category, int eventId, string format)
    {
        if (count.Suppressed > 0)
        {
            string message = string.Format(CultureInfo.InvariantCulture, format, count.Suppressed);
            entries.Add(new LogEntry(time.GetLocalNow(), count.Level, category, eventId, message));
        }
    }

    private bool HasEnded(Count count) => time.GetElapsedTime(count.Begin) >= Window;

    private sealed class Count(LogLevel level, long begin)
    {
        public LogLevel Level { get; } = level;

        public long Begin { get; } = begin;

        public int Admitted { get; set; }

        public long Suppressed { get; set; }
    }
}
