using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Where the log goes: screen, file or both. A file that can't be written makes it the screen; the service starts anyway.</summary>
internal sealed class LogOutput : IDisposable
{
    private const string FileName = "mmc-meta.log";

    private readonly FileLoggerProvider? _file;
    private readonly bool _onScreen;

    private LogOutput(FileLoggerProvider? file, bool onScreen, string problem)
    {
        _file = file;
        _onScreen = onScreen;
        Problem = problem;
    }

    /// <summary>Least severity.</summary>
    public LogLevelSwitch Level { get; } = new();

    /// <summary>Why there is no file though one was asked for; else empty.</summary>
    public string Problem { get; }

    /// <summary>Opens what the configuration asks for.</summary>
    public static LogOutput Open(MetaServiceOptions options, TimeProvider time)
    {
        bool wantsFile = options.LogOutputTarget != "screen";
        string problem = "";
        FileLoggerProvider? file = wantsFile ? TryOpenFile(options, time, out problem) : null;
        var output = new LogOutput(file, file is null || options.LogOutputTarget == "both", problem);
        output.Level.Set(options.LogLevel);
        return output;
    }

    /// <summary>Adds the outputs to a logging pipeline.</summary>
    public void AddTo(ILoggingBuilder builder)
    {
        builder.SetMinimumLevel(LogLevel.Trace);
        builder.AddFilter((_, category, level) => Level.Allows(category, level));
        if (_file is not null)
        {
            builder.AddProvider(_file);
        }

        if (_onScreen)
        {
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
            });
        }
    }

    public void Dispose() => _file?.Dispose();

    private static FileLoggerProvider? TryOpenFile(MetaServiceOptions options, TimeProvider time, out string problem)
    {
        string directory = Path.Combine(options.LogPath, "logs");
        string path = Path.Combine(directory, FileName);
        try
        {
            _ = Directory.CreateDirectory(directory);
            // The sink swallows such errors: find out here.
            using (File.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                problem = "";
            }

            return new FileLoggerProvider(path, options.LogRotationFileSizeMb, options.LogRotationFileCount, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = exception.Message;
            return null;
        }
    }
}
