using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Looks at the configuration file every few seconds and applies what may change while running.</summary>
internal sealed class ConfigReloader : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly MetaServer _server;
    private readonly LogLevelSwitch _level;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private DateTime _changed;

    public ConfigReloader(string path, MetaServer server, LogLevelSwitch level, TimeProvider time, ILogger logger)
    {
        _path = path;
        _server = server;
        _level = level;
        _logger = logger;
        _changed = File.GetLastWriteTimeUtc(path);
        _timer = time.CreateTimer(static state => ((ConfigReloader)state!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            DateTime changed = File.GetLastWriteTimeUtc(_path);
            if (changed == _changed || !File.Exists(_path))
            {
                return;
            }

            _changed = changed;
            MetaServiceOptions options = MetaServiceOptions.Load(_path, out _);
            _server.Configure(options);
            _level.Set(options.LogLevel);
            Log.Reloaded(
                _logger, options.LogLevel, options.LeaseTtlMs, options.EvictThresholdHigh, options.EvictThresholdLow);
        }
        catch (Exception exception)
        {
            // The top of a timer's callback; half an edit, most likely. The next look may find it whole.
            Log.ReloadFailed(_logger, exception.Message);
        }
    }
}
