using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MemCache.Testing;

/// <summary>A log that tests read. Thread-safe.</summary>
public sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>All lines so far, each with its level in front.</summary>
    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>Whether some line holds the text.</summary>
    public bool Contains(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => string.Join(Environment.NewLine, _lines);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
}
