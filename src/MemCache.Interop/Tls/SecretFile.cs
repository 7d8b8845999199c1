namespace MemCache.Interop;

/// <summary>
/// Reads the files that TLS needs. A private key that others can read is no longer private, so it is refused, as ssh
/// does: it has to belong to this process's user, or to root, and nobody else may read it. A file of root's may be
/// readable by its group as well, which is how Kubernetes hands secrets to a container that does not run as root.
/// </summary>
public static class SecretFile
{
    /// <summary>Longest file; certificate bundles of whole systems are well below.</summary>
    public const int SizeBytesMax = 1 << 20;

    private const uint OthersMask = 0x3F; // rwx of group and others
    private const uint GroupRead = 0x20;
    private const uint WriteMask = 0x12; // w of group and others
    private const uint ExecuteMask = 0x49;

    /// <summary>Reads a file; symbolic links are followed, for secrets are mounted as such.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isSecret">Refuse it if others can read it.</param>
    /// <param name="error">Why the result is <see langword="null"/>.</param>
    /// <returns>A pinned array that the collector does not copy about; the caller clears it.</returns>
    public static byte[]? Read(string path, bool isSecret, out string error)
    {
        if (!TryOpen(path, out PosixFile? file, out FileStatus status, out error))
        {
            return null;
        }

        using (file)
        {
            error = !status.IsRegular ? "is no plain file"
                : status.SizeBytes > SizeBytesMax ? $"is longer than {SizeBytesMax} bytes"
                : isSecret ? JudgeSecret(status) : "";
            if (error.Length > 0)
            {
                return null;
            }

            byte[] content = GC.AllocateUninitializedArray<byte>((int)status.SizeBytes, pinned: true);
            Errno result = file!.ReadAt(content, 0, out int count);
            error = result != Errno.None ? $"can't be read ({result})" : count != content.Length ? "changed while it was read" : "";
            return error.Length == 0 ? content : null;
        }
    }

    /// <summary>Whether a program may be run on our behalf: nobody but root or this user can have written it.</summary>
    /// <returns>What is wrong with it, else empty.</returns>
    public static string JudgeProgram(string path)
    {
        if (!TryOpen(path, out PosixFile? file, out FileStatus status, out string error))
        {
            return error;
        }

        file!.Dispose();
        return !status.IsRegular ? "is no plain file"
            : status.UserId != 0 && status.UserId != PosixFile.CurrentUserId ? $"belongs to user {status.UserId}, neither root nor this one"
            : (status.Permissions & WriteMask) != 0 ? $"can be written by others (mode {Octal(status.Permissions)})"
            : (status.Permissions & ExecuteMask) == 0 ? "is not executable" : "";
    }

    private static bool TryOpen(string path, out PosixFile? file, out FileStatus status, out string error)
    {
        status = default;
        Errno result = PosixFile.OpenFollowing(path, out file);
        if (file is not null)
        {
            result = file.ReadStatus(out status);
        }

        error = result switch
        {
            Errno.None => "",
            Errno.NoEntry => "there is no such file",
            Errno.AccessDenied => "this user may not read it",
            _ => $"can't be opened ({result})",
        };
        if (result != Errno.None)
        {
            file?.Dispose();
            file = null;
        }

        return result == Errno.None;
    }

    private static string JudgeSecret(in FileStatus status)
    {
        if (status.UserId != 0 && status.UserId != PosixFile.CurrentUserId)
        {
            return $"belongs to user {status.UserId}, neither root nor this one";
        }

        uint allowed = status.UserId == 0 && PosixFile.CurrentUserId != 0 ? GroupRead : 0;
        return (status.Permissions & OthersMask & ~allowed) == 0
            ? ""
            : $"is a secret that others can read (mode {Octal(status.Permissions)}); chmod 600 it";
    }

    private static string Octal(uint permissions) => Convert.ToString((int)permissions, 8).PadLeft(4, '0');
}
