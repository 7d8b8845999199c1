using System.Diagnostics;

namespace MemCache.UnitTests;

/// <summary>Another process that holds the lock of a file, as one that is to be killed does.</summary>
internal sealed class LockHolder : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the process and returns when it holds the lock.</summary>
    public LockHolder(string path)
    {
        // One process in the end: exec keeps the descriptor and its lock.
        ProcessStartInfo start = new("/bin/sh", ["-c", "exec 9<\"$1\" && flock -x 9 && echo locked && exec sleep 600", "sh", path])
        {
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        if (_process.StandardOutput.ReadLine() != "locked")
        {
            throw new InvalidOperationException($"cannot lock {path}");
        }
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
