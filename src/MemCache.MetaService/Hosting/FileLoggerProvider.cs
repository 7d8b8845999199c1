using Serilog;
using Serilog.Events;
using Serilog.Parsing;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace MemCache.MetaService;

/// <summary>Log files that rotate by size. Our own bridge: the sink is the only part of Serilog that is used.</summary>
internal sealed class FileLoggerProvider : ILoggerProvider
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fffzzz} [{Level:u3}] {Category}: {Message:l}{NewLine}{Exception}";

    private static readonly MessageTemplate MessageOnly = new MessageTemplateParser().Parse("{Message:l}");

    private readonly Serilog.Core.Logger _sink;
    private readonly TimeProvider _time;

    /// <summary>Logs to <paramref name="path"/>.</summary>
    public FileLoggerProvider(string path, int sizeMb, int fileCount, TimeProvider time)
    {
        _time = time;
        _sink = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(
                path,
                outputTemplate: Template,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                fileSizeLimitBytes: (long)sizeMb << 20,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: fileCount)
            .CreateLogger();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => _sink.Dispose();

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        LogEventProperty[] properties =
        [
            new("Category", new ScalarValue(category)),
            new("Message", new ScalarValue(message)),
        ];
        _sink.Write(new LogEvent(_time.GetLocalNow(), ToSerilog(level), exception, MessageOnly, properties));
    }

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    private sealed class FileLogger(FileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string message = formatter(state, exception);
            provider.Write(logLevel, category, eventId.Id == 0 ? message : $"[{eventId.Id}] {message}", exception);
        }
    }
}
