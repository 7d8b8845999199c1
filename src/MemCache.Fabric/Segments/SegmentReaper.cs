using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Removes what processes that were killed left behind. It touches nothing but regular files with our names that belong
/// to our user, and unlinks only while it holds the file's lock.
/// </summary>
public static class SegmentReaper
{
    /// <summary>Unlinks the segment and liveness files of a directory whose processes have ended.</summary>
    /// <returns>Number of files removed.</returns>
    public static int RemoveStale(string directory, ILogger logger)
    {
        int count = 0;
        try
        {
            foreach (string path in Directory.EnumerateFiles(directory, SharedFileName.SearchPattern))
            {
                string name = Path.GetFileName(path);
                bool isOurs = SharedFileName.IsSegment(name) || SharedFileName.IsLiveness(name);
                if (isOurs && TryRemove(directory, name, logger))
                {
                    FabricLog.StaleFileRemoved(logger, name, directory);
                    count++;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            FabricLog.ReaperFailed(logger, directory, e.Message);
        }

        return count;
    }

    private static bool TryRemove(string directory, string name, ILogger logger)
    {
        string path = Path.Combine(directory, name);
        _ = PosixFile.OpenExisting(path, writable: false, out PosixFile? file);
        if (file is null)
        {
            return false;
        }

        using (file)
        {
            if (!IsStale(file))
            {
                return false;
            }

            // Still under the lock: a creator that comes now finds its file without a name and makes another one.
            Errno error = PosixFile.Unlink(path);
            if (error is not (Errno.None or Errno.NoEntry))
            {
                FabricLog.StaleFileKept(logger, name, directory, FileErrors.Describe(error));
            }

            return error == Errno.None;
        }
    }

    private static bool IsStale(PosixFile file) =>
        file.ReadStatus(out FileStatus before) == Errno.None
        && before.IsRegular
        && before.UserId == PosixFile.CurrentUserId
        && file.TryLockExclusive() == Errno.None
        && file.ReadStatus(out FileStatus after) == Errno.None
        && after.LinkCount > 0;
}
