namespace MemCache.Fabric;

/// <summary>What a <see cref="LogWriter"/> writes, and where.</summary>
public sealed record LogWriterOptions
{
    /// <summary>Where to.</summary>
    public LogTargets Targets { get; init; } = LogTargets.File;

    /// <summary>
    /// The file that is written; the older ones stand beside it with <c>.1</c>, <c>.2</c>, … before the extension.
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>Bytes at which the file is rotated.</summary>
    public long FileBytesMax { get; init; } = 20 << 20;

    /// <summary>Files that are kept, the one that is written included.</summary>
    public int FileCount { get; init; } = 50;

    /// <summary>One JSON object a line instead of text.</summary>
    public bool IsJson { get; init; }

    /// <summary>The screen; not closed by the writer.</summary>
    public Stream Screen { get; init; } = Stream.Null;

    /// <summary>Whether lines go to the screen while the file can't be written.</summary>
    public bool FallsBackToScreen { get; init; } = true;

    /// <summary>Called once each time that the file ceases to be writable, with the reason; on any thread.</summary>
    public Action<string>? FileFailed { get; init; }
}
