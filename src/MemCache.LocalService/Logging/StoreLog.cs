using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// A store's log: everything to the host's logger, and to files or the screen if the configuration asks for them. A file
/// that can't be written is said once to the host's logger; nothing is printed for it.
/// </summary>
internal sealed class StoreLog : ILogger
{
    private const string Category = nameof(MemCache);
    private const int RotatedMbToBytes = 20; // shift

    // The outputs of this process, by file name: stores share them.
    private static readonly Lock OutputsLock = new();
    private static readonly Dictionary<string, StoreLog> Outputs = new(StringComparer.Ordinal);

    private readonly string _name;
    private readonly ILogger _host;
    private readonly LogWriter _writer;
    private readonly LogRepeats _repeats = new(TimeProvider.System);
    private readonly LogPipe _pipe;
    private int _userCount; // under OutputsLock

    private StoreLog(string name, LocalServiceOptions options, ILogger host)
    {
        _name = name;
        _host = host;
        _writer = LogWriter.Open(
            new LogWriterOptions
            {
                Targets = TargetsOf(options.LogOutputTarget),
                Path = name,
                FileBytesMax = (long)options.LogRotationFileSizeMb << RotatedMbToBytes,
                FileCount = options.LogRotationFileCount,
                IsJson = options.LogFormat == "json",
                Screen = Console.OpenStandardError(),
                FallsBackToScreen = false,
                FileFailed = reason => MemCache.LocalService.Log.LogFileFailed(host, reason),
            },
            TimeProvider.System);
        _pipe = new LogPipe(
            Category, (_, level) => level >= LevelOf(options.LogLevel), _repeats, TimeProvider.System,
            _writer.WantsFields, _writer.Write);
    }

    /// <summary>The log of a store that is opened; give it back with <see cref="Close"/>.</summary>
    public static ILogger Open(LocalServiceOptions options, ILogger host)
    {
        if (TargetsOf(options.LogOutputTarget) == LogTargets.None)
        {
            return host;
        }

        string directory = Path.Combine(options.LogPath, "logs");
        string file = string.Create(
            CultureInfo.InvariantCulture, $"{OldLogFiles.Prefix}{Environment.ProcessId}{OldLogFiles.Suffix}");
        string name = Path.Combine(directory, file);
        lock (OutputsLock)
        {
            if (!Outputs.TryGetValue(name, out StoreLog? log))
            {
                OldLogFiles.Remove(directory, options.LogRotationFileCount);
                log = new StoreLog(name, options, host);
                Outputs.Add(name, log);
            }

            log._userCount++;
            return log;
        }
    }

    /// <summary>Ends what <see cref="Open"/> gave; the last store of the process closes the outputs.</summary>
    public static void Close(ILogger logger)
    {
        if (logger is not StoreLog log)
        {
            return;
        }

        lock (OutputsLock)
        {
            log._userCount--;
            if (log._userCount > 0)
            {
                return;
            }

            Outputs.Remove(log._name);
        }

        foreach (LogEntry entry in log._repeats.Collect(all: true))
        {
            log._writer.Write(entry);
        }

        log._writer.Dispose();
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => _host.IsEnabled(logLevel) || _pipe.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        _host.Log(logLevel, eventId, state, exception, formatter);
        _pipe.Log(logLevel, eventId, state, exception, formatter);
    }

    private static LogTargets TargetsOf(string word) => word switch
    {
        "screen" => LogTargets.Screen,
        "file" => LogTargets.File,
        "both" => LogTargets.Screen | LogTargets.File,
        _ => LogTargets.None,
    };

    private static LogLevel LevelOf(string word) => word switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
