using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// Looks at the configuration file every few seconds, and at once on SIGHUP, and applies what may change while running.
/// </summary>
internal sealed class ConfigReloader : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly ConfigReload<MetaServiceOptions> _reload;
    private readonly Action<MetaServiceOptions> _apply;
    private readonly MetaServiceOptions _options;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly PosixSignalRegistration _hangUp;

    /// <param name="commandLine">Names the file, and what counts more than it.</param>
    /// <param name="options">The options that the service runs with.</param>
    /// <param name="apply">Makes changed options effective.</param>
    /// <param name="time">For the interval.</param>
    /// <param name="logger">Told what changed.</param>
    public ConfigReloader(
        CommandLine commandLine, MetaServiceOptions options, Action<MetaServiceOptions> apply, TimeProvider time,
        ILogger logger)
    {
        _reload = new ConfigReload<MetaServiceOptions>(
            MetaServiceOptions.Table, commandLine.EffectiveConfigPath, options, commandLine.Read);
        _apply = apply;
        _options = options;
        _logger = logger;
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        _timer = time.CreateTimer(static state => ((ConfigReloader)state!).Look(), this, Interval, Interval);
    }

    public void Dispose()
    {
        _hangUp.Dispose();
        _timer.Dispose();
    }

    /// <summary>One look at the file.</summary>
    internal void Look(bool isSettled = false)
    {
        try
        {
            lock (_lock)
            {
                if (_reload.Look(isSettled) is { } change)
                {
                    Take(change);
                }
            }
        }
        catch (Exception exception)
        {
            // The top of a timer's callback.
            Log.ReloadFailed(_logger, exception.Message);
        }
    }

    private void Take(ConfigChange change)
    {
        if (change.Errors.Count > 0)
        {
            Log.ReloadFailed(_logger, string.Join("; ", change.Errors));
            return;
        }

        if (change.Applied.Count > 0)
        {
            // By the level that shows it, the old one or the new one.
            bool isShown = _logger.IsEnabled(LogLevel.Information);
            if (isShown)
            {
                Log.Reloaded(_logger, string.Join(", ", change.Applied));
            }

            _reload.Apply();
            _apply(_options);
            if (!isShown)
            {
                Log.Reloaded(_logger, string.Join(", ", change.Applied));
            }
        }

        if (change.Waiting.Count > 0)
        {
            Log.ReloadWaits(_logger, string.Join(", ", change.Waiting));
        }
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        Look(isSettled: true);
    }
}
