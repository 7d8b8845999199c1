using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// A new file whose exclusive lock says "my process lives": the kernel drops the lock when the process ends, however it
/// ends, and every other process can see that, also from another pid namespace. Disposing unlinks it.
/// </summary>
internal sealed class LockedFile : IDisposable
{
    // LIMIT: a reaper can win the race for a new file only in the instant between creating and locking it; several in a
    // row is a fault.
    private const int AttemptCountMax = 16;

    private readonly string _path;

    private LockedFile(string path, SegmentUuid uuid, PosixFile file)
    {
        _path = path;
        Uuid = uuid;
        File = file;
    }

    public SegmentUuid Uuid { get; }

    public PosixFile File { get; }

    public string Name => Path.GetFileName(_path);

    /// <summary>Creates and locks a file with a name that was never used before.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="suffix">Its kind.</param>
    /// <param name="locked">The file on success.</param>
    /// <param name="afterCreate">Test hook: called with the path between creating and locking.</param>
    public static Errno Create(
        string directory, string suffix, out LockedFile? locked, Action<string>? afterCreate = null)
    {
        locked = null;
        Errno error = Errno.Exists;
        for (int i = 0; i < AttemptCountMax && locked is null && error is Errno.Exists or Errno.WouldBlock; i++)
        {
            SegmentUuid uuid = SegmentUuid.New();
            string path = Path.Combine(directory, SharedFileName.Of(uuid, suffix));
            error = PosixFile.CreateExclusive(path, out PosixFile? file);
            if (file is null)
            {
                continue;
            }

            afterCreate?.Invoke(path);
            error = Lock(file);
            if (error == Errno.None)
            {
                locked = new LockedFile(path, uuid, file);
            }
            else
            {
                PosixFile.Unlink(path);
                file.Dispose();
            }
        }

        return error;
    }

    public void Dispose()
    {
        // While the lock is held: nobody can take the file for stale, and nobody else's file can have this name.
        if (!File.IsClosed)
        {
            PosixFile.Unlink(_path);
            File.Dispose();
        }
    }

    /// <summary>
    /// Locks a new file, unless a reaper was faster: it then holds the lock, or the file has lost its name.
    /// </summary>
    private static Errno Lock(PosixFile file)
    {
        Errno error = file.TryLockExclusive();
        if (error == Errno.None)
        {
            error = file.ReadStatus(out FileStatus status);
            return error == Errno.None && status.LinkCount == 0 ? Errno.WouldBlock : error;
        }

        return error;
    }
}
