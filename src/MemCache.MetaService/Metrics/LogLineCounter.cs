namespace MemCache.MetaService;

/// <summary>
/// Counts the lines of the log by their level: a provider beside those that write them, behind the same filter.
/// </summary>
internal sealed class LogLineCounter : ILoggerProvider, ILogger
{
    private static readonly string[] Names = ["debug", "debug", "info", "warn", "error", "error"];

    private readonly long[] _lines = new long[Names.Length];

    /// <summary>Lines so far, by the names that the configuration has for levels.</summary>
    public IEnumerable<(string Level, long Count)> Read() => Names.Zip(_lines)
        .GroupBy(pair => pair.First)
        .Select(group => (group.Key, group.Sum(pair => pair.Second)));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel < LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _ = Interlocked.Increment(ref _lines[(int)logLevel]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Its counters are read until the process ends.
    }
}
