using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.Native;

/// <summary>
/// Hands what the library has to say to the function that the host has set, and to nobody else: without one the library
/// is silent. It is called on whatever thread has something to say, ours included.
/// </summary>
/// <param name="options">Name the least severity, which may change while running; <see cref="SetLevel"/> overrides
/// it.</param>
/// <param name="deviceId">Named in front of each line when it is not negative.</param>
internal sealed unsafe class ExternLogger(LocalServiceOptions options, int deviceId) : ILogger
{
    private const int LevelsCount = 4; // debug, info, warn, error: 0 .. 3 in C
    private const int Unset = -1;

    private static volatile nint _sink; // void (*)(int level, const char *text)
    private static volatile int _level = Unset;

    // One for all stores: they share the host's function.
    private static readonly LogRepeats Repeats = new(TimeProvider.System);

    private int ConfiguredLevel => options.LogLevel switch { "debug" => 0, "info" => 1, "warn" => 2, _ => 3 };

    /// <summary>Sets the host's function; null: silence.</summary>
    public static int SetSink(delegate* unmanaged<int, byte*, void> sink)
    {
        _sink = (nint)sink;
        return (int)MmcStatus.Ok;
    }

    /// <summary>Sets the least severity for all stores.</summary>
    public static int SetLevel(int level)
    {
        bool exists = level is >= 0 and < LevelsCount;
        _level = exists ? level : _level;
        return CallErrors.Report(exists ? MmcStatus.Ok : MmcStatus.InvalidParameter);
    }

    /// <summary>Says what was odd about a configuration.</summary>
    public static void Warn(IReadOnlyList<string> warnings)
    {
        foreach (string warning in warnings)
        {
            Write(LogLevel.Warning, warning);
        }
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel)
    {
        int least = _level;
        return _sink != 0 && Number(logLevel) >= (least == Unset ? ConfiguredLevel : least);
    }

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string device = deviceId < 0 ? "" : $"device {deviceId}: ";
        string failure = exception is null ? "" : $": {exception.GetType().Name}: {exception.Message}";
        string text = device + formatter(state, exception) + failure;
        bool isNew = Repeats.Admit(logLevel, "", eventId.Id, text);
        foreach (LogEntry entry in Repeats.Collect())
        {
            Write(entry.Level, entry.Message);
        }

        if (isNew)
        {
            Write(logLevel, text);
        }
    }

    private static void Write(LogLevel level, string text)
    {
        var sink = (delegate* unmanaged<int, byte*, void>)_sink;
        if (sink is not null)
        {
            byte[] line = Encoding.UTF8.GetBytes(text + "\0");
            // SAFETY: pinned for the call; the host's function copies what it wants to keep.
            fixed (byte* bytes = line)
            {
                sink(Number(level), bytes);
            }
        }
    }

    private static int Number(LogLevel level) => Math.Clamp((int)level - (int)LogLevel.Debug, 0, LevelsCount - 1);
}
