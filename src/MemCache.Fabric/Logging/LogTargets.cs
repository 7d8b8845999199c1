namespace MemCache.Fabric;

/// <summary>Where a log is written.</summary>
[Flags]
public enum LogTargets
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>A stream that people look at.</summary>
    Screen = 1,

    /// <summary>Files that rotate.</summary>
    File = 2,
}
