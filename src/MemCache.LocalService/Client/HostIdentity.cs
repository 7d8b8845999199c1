using MemCache.Interop;

namespace MemCache.LocalService;

/// <summary>
/// Tells whether two processes can map each other's files: same running kernel, same directory behind the same path,
/// same user. The MetaService compares the same text to know which writes can only have come through a segment's owner.
/// </summary>
internal static class HostIdentity
{
    private const int PartCount = 3;

    /// <summary>
    /// Boot id of the kernel, identity of the directory and user id; equal texts mean that a file of one is visible
    /// to the other.
    /// </summary>
    public static string Read(string directory)
    {
        string boot = "unknown";
        try
        {
            boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc the directory alone decides: two hosts then look alike, and opening the peer's file fails
            // with a status.
            boot = "unknown";
        }

        return FormattableString.Invariant($"{boot}/{Identity(directory)}/{PosixFile.CurrentUserId}");
    }

    /// <summary>Why files of a process with the other text can't be mapped, for people.</summary>
    public static string Difference(string own, string other)
    {
        string[] ours = own.Split('/');
        string[] theirs = other.Split('/');
        return ours.Length != PartCount || theirs.Length != PartCount || ours[0] != theirs[0] ? "it lies on another host"
            : ours[1] != theirs[1] ? "it lies in another shared-memory directory, of another container perhaps"
            : ours[2] != theirs[2] ? $"it belongs to user {theirs[2]}"
            : "";
    }

    private static string Identity(string directory)
    {
        if (PosixFile.OpenExisting(directory, writable: false, out PosixFile? file) != Errno.None || file is null)
        {
            return directory.Replace('/', '_');
        }

        using (file)
        {
            return file.ReadStatus(out FileStatus status) == Errno.None
                ? FormattableString.Invariant($"{status.Device}:{status.Inode}")
                : directory.Replace('/', '_');
        }
    }
}
