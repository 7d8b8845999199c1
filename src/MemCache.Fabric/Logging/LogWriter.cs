using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Writes a log to files, the screen, or both. Never blocks and never throws, whatever the outputs do: a file that can't be
/// written is reported once and tried again, its lines go to the screen meanwhile. Thread-safe.
/// </summary>
public sealed class LogWriter : IDisposable
{
    /// <summary>How long a file that can't be written is left alone.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    private readonly LogWriterOptions _options;
    private readonly TimeProvider _time;
    private readonly LogFile? _file;
    private readonly LogLane? _fileLane;
    private readonly LogLane? _screenLane;

    // Written by the file lane's thread, and before it starts.
    private long _failedAt;
    private bool _hasFailed;

    private LogWriter(LogWriterOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        bool hasFile = options.Targets.HasFlag(LogTargets.File);
        if (options.Targets.HasFlag(LogTargets.Screen) || (hasFile && options.FallsBackToScreen))
        {
            _screenLane = new LogLane("mmc-log-screen", options.IsJson, time, (_, bytes) => WriteScreen(bytes.Span));
        }

        if (hasFile)
        {
            _file = new LogFile(options.Path, options.FileBytesMax, options.FileCount);
            // So that the start can say what is wrong.
            if (!_file.TryWrite([], out string problem))
            {
                Problem = problem;
                Fail(problem);
            }

            _fileLane = new LogLane("mmc-log-file", options.IsJson, time, WriteFile);
        }
    }

    /// <summary>Why the file could not be written at the start; empty: it could, or there is none.</summary>
    public string Problem { get; } = "";

    /// <summary>Opens the outputs; those that can't be opened are tried again later.</summary>
    public static LogWriter Open(LogWriterOptions options, TimeProvider time) => new(options, time);

    /// <summary>Whether messages want their values apart.</summary>
    public bool WantsFields => _options.IsJson;

    /// <summary>Hands a message to the outputs.</summary>
    public void Write(LogEntry entry)
    {
        _fileLane?.Add(entry);
        if (_options.Targets.HasFlag(LogTargets.Screen))
        {
            _screenLane?.Add(entry);
        }
    }

    /// <summary>Writes what is on its way, within two seconds for each output.</summary>
    public void Dispose()
    {
        _fileLane?.Dispose();
        _screenLane?.Dispose();
        _file?.Dispose();
    }

    private void WriteFile(IReadOnlyList<LogEntry> entries, ReadOnlyMemory<byte> bytes)
    {
        bool mayTry = !_hasFailed || _time.GetElapsedTime(_failedAt) >= RetryInterval;
        string problem = "";
        if (mayTry && _file!.TryWrite(bytes.Span, out problem))
        {
            _hasFailed = false;
            return;
        }

        if (mayTry)
        {
            Fail(problem);
        }

        // With both, the screen has them already.
        if (!_options.Targets.HasFlag(LogTargets.Screen))
        {
            foreach (LogEntry entry in entries)
            {
                _screenLane?.Add(entry);
            }
        }
    }

    private void Fail(string problem)
    {
        _failedAt = _time.GetTimestamp();
        if (_hasFailed)
        {
            return;
        }

        _hasFailed = true;
        string message = $"the log file can't be written: {problem}"
            + (_screenLane is null ? "" : "; the log goes to the screen until it can");
        _screenLane?.Add(new LogEntry(_time.GetLocalNow(), LogLevel.Warning, nameof(MemCache), 0, message));
        _options.FileFailed?.Invoke(message);
    }

    private void WriteScreen(ReadOnlySpan<byte> lines)
    {
        try
        {
            _options.Screen.Write(lines);
            _options.Screen.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A closed terminal or pipe: there is nobody left to tell.
        }
    }
}
