using System.Text;
using MemCache.Core;
using Microsoft.Extensions.Logging;

namespace MemCache.Native;

/// <summary>
/// Hands what the library has to say to the function that the host has set, and to nobody else: without one the library
/// is silent. It is called on whatever thread has something to say, ours included.
/// </summary>
/// <param name="configuredLevel">Least severity, as configured; <see cref="SetLevel"/> overrides it.</param>
/// <param name="deviceId">Named in front of each line when it is not negative.</param>
internal sealed unsafe class ExternLogger(string configuredLevel, int deviceId) : ILogger
{
    private const int LevelsCount = 4; // debug, info, warn, error: 0 .. 3 in C
    private const int Unset = -1;

    private static volatile nint _sink; // void (*)(int level, const char *text)
    private static volatile int _level = Unset;

    private readonly int _configuredLevel = configuredLevel switch { "debug" => 0, "info" => 1, "warn" => 2, _ => 3 };

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
        return _sink != 0 && Number(logLevel) >= (least == Unset ? _configuredLevel : least);
    }

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            string device = deviceId < 0 ? "" : $"device {deviceId}: ";
            string failure = exception is null ? "" : $": {exception.GetType().Name}: {exception.Message}";
            Write(logLevel, device + formatter(state, exception) + failure);
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
