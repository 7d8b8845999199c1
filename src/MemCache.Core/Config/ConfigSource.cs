namespace MemCache.Core;

/// <summary>Who set a value; a later one counts more.</summary>
public enum ConfigSource
{
    /// <summary>Nobody.</summary>
    Default,

    /// <summary>A line of the file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>The command line.</summary>
    CommandLine,
}
