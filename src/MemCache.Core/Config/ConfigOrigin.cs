namespace MemCache.Core;

/// <summary>Where the value of a key comes from.</summary>
/// <param name="Source">Who set it.</param>
/// <param name="Name">The file, or the environment variable; empty for the others.</param>
/// <param name="LineNumber">1-based line of a file, else 0.</param>
public readonly record struct ConfigOrigin(ConfigSource Source, string Name = "", int LineNumber = 0)
{
    /// <summary>
    /// For people: <c>default</c>, <c>mmc-meta.conf:7</c>, <c>environment MMC_LOG_LEVEL</c> or <c>command line</c>.
    /// </summary>
    public override string ToString() => Source switch
    {
        ConfigSource.File => LineNumber > 0 ? $"{Name}:{LineNumber}" : Name,
        ConfigSource.Environment => $"environment {Name}",
        ConfigSource.CommandLine => "command line",
        _ => "default",
    };
}
