using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// An <see cref="ILogger"/> in front of outputs: repeats are counted instead of written. Thread-safe. Who disposes it gets
/// what was counted last.
/// </summary>
/// <param name="category">Named in each line.</param>
/// <param name="isEnabled">Which levels are logged.</param>
/// <param name="repeats">Shared by all that write to the same outputs.</param>
/// <param name="time">The time of a line.</param>
/// <param name="wantsFields">Whether the values of a message are wanted apart.</param>
/// <param name="write">Takes what is to be written.</param>
public sealed class LogPipe(
    string category, Func<string, LogLevel, bool> isEnabled, LogRepeats repeats, TimeProvider time, bool wantsFields,
    Action<LogEntry> write) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && isEnabled(category, logLevel);

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        bool isNew = repeats.Admit(logLevel, category, eventId.Id, message);
        foreach (LogEntry entry in repeats.Collect())
        {
            write(entry);
        }

        if (isNew)
        {
            write(new LogEntry(
                time.GetLocalNow(), logLevel, category, eventId.Id, message, exception?.ToString() ?? "",
                wantsFields ? Fields(state) : null));
        }
    }

    private static List<KeyValuePair<string, string>>? Fields<TState>(TState state)
    {
        const string Template = "{OriginalFormat}";
        return (state as IReadOnlyList<KeyValuePair<string, object?>>)?
            .Where(field => field.Key != Template)
            .Select(field => KeyValuePair.Create(
                field.Key, Convert.ToString(field.Value, CultureInfo.InvariantCulture) ?? ""))
            .ToList();
    }
}
