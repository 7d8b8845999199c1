namespace MemCache.MetaService;

/// <summary>The least severity that is logged, changeable while running.</summary>
internal sealed class LogLevelSwitch
{
    // Written by the thread that reloads the configuration.
    private volatile int _level = (int)LogLevel.Information;

    /// <summary>Sets it from the word in the configuration.</summary>
    public void Set(string word) => _level = (int)(word switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    });

    /// <summary>Whether to log; the framework's own messages only from warnings on.</summary>
    public bool Allows(string? category, LogLevel level)
    {
        bool isFramework = category is not null && !category.StartsWith("MemCache", StringComparison.Ordinal);
        int least = isFramework ? Math.Max(_level, (int)LogLevel.Warning) : _level;
        return (int)level >= least;
    }
}
