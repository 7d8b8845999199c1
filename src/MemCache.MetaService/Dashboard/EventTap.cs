using System.Globalization;

namespace MemCache.MetaService;

/// <summary>
/// Adds lines of the log to an <see cref="EventRing"/>: log and dashboard tell the same, and nobody has to remember to
/// say it twice.
/// </summary>
internal sealed class EventTap(ILogger inner, EventRing events) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    /// <summary>Events are kept at every level of the log.</summary>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || inner.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (EventKinds.Of(eventId.Id) is { } kind)
        {
            events.Add(kind, logLevel, formatter(state, exception), FieldsOf(state));
        }

        if (inner.IsEnabled(logLevel))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    private static Dictionary<string, string> FieldsOf<TState>(TState state)
    {
        var fields = new Dictionary<string, string>();
        foreach ((string name, object? value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            if (name != "{OriginalFormat}")
            {
                fields[name] = EventRing.Shorten(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            }
        }

        return fields;
    }
}
