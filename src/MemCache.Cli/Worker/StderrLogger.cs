using Microsoft.Extensions.Logging;

namespace MemCache.Cli;

/// <summary>Writes warnings and worse to standard error, a line each.</summary>
internal sealed class StderrLogger : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            string detail = exception is null ? "" : $": {exception}";
            Console.Error.WriteLine($"{logLevel} {eventId.Id}: {formatter(state, exception)}{detail}");
        }
    }
}
