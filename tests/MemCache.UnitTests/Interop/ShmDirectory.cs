using System.Diagnostics;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>A directory in shared memory for one test, removed at its end.</summary>
internal sealed class ShmDirectory : IDisposable
{
    private const string Parent = "/dev/shm";
    private bool _isMounted;

    public ShmDirectory()
    {
        Path = System.IO.Path.Combine(Parent, $"mmc-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>
    /// A file system of its own, so small that it gets full. Skips the test where mounting is not allowed.
    /// </summary>
    public static ShmDirectory Mount(long sizeBytes, string option = "nodev")
    {
        ShmDirectory directory = new();
        directory._isMounted = Run("mount", "-t", "tmpfs", "-o", $"size={sizeBytes},{option}", "tmpfs", directory.Path) == 0;
        if (!directory._isMounted)
        {
            directory.Dispose();
            Assert.Skip("mounting a small tmpfs needs root");
        }

        return directory;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string[] FileNames() => [.. Directory.EnumerateFiles(Path).Select(p => System.IO.Path.GetFileName(p)).Order()];

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", "-l", Path);
        }

        Directory.Delete(Path, recursive: true);
    }

    private static int Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
