namespace MemCache.Cli;

/// <summary>A directory of our own that goes with everything in it when the run ends.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    /// <summary>What the names of all of them look like.</summary>
    public const string NamePattern = "mmc-*-????????";

    /// <summary>Makes one under <paramref name="parent"/>, for this user only.</summary>
    public ScratchDirectory(string parent)
    {
        Path = System.IO.Path.Combine(parent, $"mmc-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("MemCache runs on Linux");
        }

        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A worker that outlived us has removed it already.
        }
    }
}
