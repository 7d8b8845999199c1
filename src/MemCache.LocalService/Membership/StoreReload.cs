using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Takes over what changes in the configuration file of a store, if it has one. Called by the membership thread.
/// </summary>
internal sealed class StoreReload
{
    private const int IntervalMs = 2000;

    private readonly ConfigReload<LocalServiceOptions>? _reload;
    private readonly ILogger _logger;
    private long _lookAt;

    public StoreReload(LocalServiceOptions options, ILogger logger)
    {
        _logger = logger;
        if (options.DynamicConfigEnable && options.SourcePath.Length > 0)
        {
            _reload = new ConfigReload<LocalServiceOptions>(
                LocalServiceOptions.Table, options.SourcePath, options,
                file => LocalServiceOptions.Table.Read(file, Environment.GetEnvironmentVariable));
        }
    }

    public void LookIfDue()
    {
        if (_reload is null || !Deadline.HasPassed(_lookAt))
        {
            return;
        }

        _lookAt = Deadline.In(IntervalMs);
        if (_reload.Look() is not { } change)
        {
            return;
        }

        if (change.Errors.Count > 0)
        {
            Log.ReloadFailed(_logger, string.Join("; ", change.Errors));
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
}
