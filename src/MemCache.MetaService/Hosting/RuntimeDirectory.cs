using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>
/// The directory of this user's Unix sockets: the configured one, else <c>$XDG_RUNTIME_DIR/memcache</c>, else <c>/tmp/memcache-UID</c>. Only
/// its owner may enter it, so what lies there was put there by this user.
/// </summary>
internal static class RuntimeDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes sure that the directory is there and private.</summary>
    /// <param name="configured">From the configuration; empty for the default.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="error">Why it can't be used.</param>
    public static bool TryPrepare(string configured, out string directory, out string error)
    {
        directory = configured.Length > 0 ? configured : DefaultPath();
        try
        {
            _ = Directory.CreateDirectory(directory, OwnerOnly);
            error = Judge(directory, isOurs: configured.Length == 0);
            return error.Length == 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"{directory}: {exception.Message}";
            return false;
        }
    }

    /// <summary>Removes the socket files that match and that nobody serves.</summary>
    public static void RemoveStale(string directory, string pattern)
    {
        foreach (string path in Directory.GetFiles(directory, pattern))
        {
            if (!ListenSocket.IsServed(path))
            {
                ListenSocket.TryDelete(path);
            }
        }
    }

    private static string DefaultPath()
    {
        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return string.IsNullOrEmpty(runtime) || !Directory.Exists(runtime)
            ? $"/tmp/memcache-{PosixFile.CurrentUserId}"
            : Path.Combine(runtime, "memcache");
    }

    // In /tmp anybody may have made the directory before us. One that the operator named may be shared on purpose.
    private static string Judge(string directory, bool isOurs)
    {
        if (!isOurs)
        {
            return "";
        }

        Errno error = PosixFile.OpenExisting(directory, writable: false, out PosixFile? file);
        using (file)
        {
            if (file is null || file.ReadStatus(out FileStatus status) != Errno.None)
            {
                return $"{directory} can't be opened ({error}); a symbolic link is not followed";
            }

            bool isPrivate = (status.Permissions & 0x3F) == 0;
            return status.UserId != PosixFile.CurrentUserId ? $"{directory} belongs to user {status.UserId}"
                : !isPrivate ? $"{directory} can be entered by others" : "";
        }
    }
}
