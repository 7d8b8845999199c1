using MemCache.Interop;

namespace MemCache.LocalService;

/// <summary>Tells whether two processes can map each other's files: same running kernel, same directory behind the same path.</summary>
internal static class HostIdentity
{
    /// <summary>Boot id of the kernel and identity of the directory; equal texts mean that a file of one is visible to the other.</summary>
    public static string Read(string directory)
    {
        string boot = "unknown";
        try
        {
            boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc the directory alone decides: two hosts then look alike, and opening the peer's file fails with a status.
            boot = "unknown";
        }

        return $"{boot}/{Identity(directory)}";
    }

    private static string Identity(string directory)
    {
        if (PosixFile.OpenExisting(directory, writable: false, out PosixFile? file) != Errno.None || file is null)
        {
            return directory;
        }

        using (file)
        {
            return file.ReadStatus(out FileStatus status) == Errno.None
                ? FormattableString.Invariant($"{status.Device}:{status.Inode}")
                : directory;
        }
    }
}
