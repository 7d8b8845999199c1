using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.MetaService;

/// <summary>
/// Where the log goes: screen, file or both. A file that can't be written makes it the screen; the service starts
/// anyway.
/// </summary>
internal sealed class LogOutput : ILoggerProvider
{
    private const string FileName = "mmc-meta.log";
    private static readonly TimeSpan CollectInterval = TimeSpan.FromSeconds(5);

    private readonly LogWriter _writer;
    private readonly LogRepeats _repeats;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _isClosed;

    private LogOutput(LogWriter writer, TimeProvider time)
    {
        _writer = writer;
        _time = time;
        _repeats = new LogRepeats(time);
        // Repeats are told even if nobody logs any more.
        _timer = time.CreateTimer(static state => ((LogOutput)state!).Tell(), this, CollectInterval, CollectInterval);
    }

    /// <summary>Least severity.</summary>
    public LogLevelSwitch Level { get; } = new();

    /// <summary>Why there is no file though one was asked for; else empty.</summary>
    public string Problem => _writer.Problem;

    /// <summary>Opens what the configuration asks for.</summary>
    public static LogOutput Open(MetaServiceOptions options, TimeProvider time, Stream? screen = null)
    {
        var writer = LogWriter.Open(
            new LogWriterOptions
            {
                Targets = options.LogOutputTarget switch
                {
                    "screen" => LogTargets.Screen,
                    "both" => LogTargets.Screen | LogTargets.File,
                    _ => LogTargets.File,
                },
                Path = Path.Combine(options.LogPath, "logs", FileName),
                FileBytesMax = (long)options.LogRotationFileSizeMb << 20,
                FileCount = options.LogRotationFileCount,
                IsJson = options.LogFormat == "json",
                Screen = screen ?? Console.OpenStandardOutput(),
            },
            time);
        var output = new LogOutput(writer, time);
        output.Level.Set(options.LogLevel);
        return output;
    }

    /// <summary>Adds the outputs to a logging pipeline.</summary>
    public void AddTo(ILoggingBuilder builder)
    {
        builder.SetMinimumLevel(LogLevel.Trace);
        builder.AddProvider(this);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        new LogPipe(categoryName, Level.Allows, _repeats, _time, _writer.WantsFields, _writer.Write);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _timer.Dispose();
            Tell(all: true);
            _writer.Dispose();
        }
    }

    private void Tell(bool all = false)
    {
        foreach (LogEntry entry in _repeats.Collect(all))
        {
            _writer.Write(entry);
        }
    }
}
