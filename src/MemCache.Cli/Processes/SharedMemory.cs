using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.Cli;

/// <summary>How much shared memory there is.</summary>
internal static class SharedMemory
{
    /// <summary>Where Linux keeps shared memory.</summary>
    public const string DefaultDirectory = "/dev/shm";

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    /// <summary>Bytes that are free in a directory's file system.</summary>
    public static long FreeBytes(string directory) => new DriveInfo(directory).AvailableFreeSpace;

    /// <summary>
    /// Gives back the memory of runs that were killed with all their processes: files that nobody holds a lock on, and
    /// the directories that are empty then.
    /// </summary>
    public static void RemoveAbandoned(string directory, TimeProvider clock)
    {
        var logger = new StderrLogger();
        foreach (string run in Directory.EnumerateDirectories(directory, ScratchDirectory.NamePattern))
        {
            try
            {
                // A run that is just starting has an empty directory too.
                if (clock.GetUtcNow() - Directory.GetLastWriteTimeUtc(run) > StartTime)
                {
                    RemoveAbandonedRun(run, logger);
                }
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // Not empty: that run is alive. Or it is another user's.
            }
        }
    }

    // The directories of a run's hosts lie in its own; sockets that nobody serves any more are no reason to keep them.
    private static void RemoveAbandonedRun(string run, StderrLogger logger)
    {
        string[] hosts = [run, .. Directory.EnumerateDirectories(run)];
        foreach (string host in hosts)
        {
            SegmentReaper.RemoveStale(host, logger);
        }

        bool isInUse = hosts.Any(host => Directory.EnumerateFiles(host).Any());
        Directory.Delete(run, recursive: !isInUse);
    }

    /// <summary>Checks that there is room for what a run will take.</summary>
    /// <exception cref="InsufficientMemoryException">There is less.</exception>
    public static void Require(string directory, long neededBytes)
    {
        long freeBytes = FreeBytes(directory);
        if (neededBytes > freeBytes / 8 * 7)
        {
            throw new InsufficientMemoryException(
                $"{ByteSize.Format(neededBytes)} are needed, and {directory} has {ByteSize.Format(freeBytes)} free");
        }
    }

    /// <summary>
    /// The size of the pool: as wanted, or the default, or what fits where that is less (containers often have 64 MB).
    /// </summary>
    /// <exception cref="InsufficientMemoryException">Less than <paramref name="minBytes"/> would fit, or what was
    /// wanted does not.</exception>
    public static long ChoosePoolBytes(string directory, long? wantedBytes, long defaultBytes, long minBytes)
    {
        long freeBytes = FreeBytes(directory);
        // Segments hold stamps and a directory besides the data, and others want some too.
        long usableBytes = freeBytes / 8 * 7;
        long poolBytes = Math.Max(minBytes, wantedBytes ?? Math.Min(defaultBytes, usableBytes));
        if (poolBytes > usableBytes)
        {
            throw new InsufficientMemoryException(
                $"{ByteSize.Format(poolBytes)} do not fit: {directory} has {ByteSize.Format(freeBytes)} free. "
                + $"Ask for less with --pool, or make it larger: mount -o remount,size=4G {directory}, or docker run "
                + "--shm-size=4g");
        }

        if (wantedBytes is null && poolBytes < defaultBytes)
        {
            Console.Error.WriteLine(
                $"mmc: {directory} has {ByteSize.Format(freeBytes)} free, so the pool is {ByteSize.Format(poolBytes)}");
        }

        return poolBytes;
    }
}
