using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// An empty, locked file by which others can tell whether this process is alive. For clients that contribute no memory;
/// a segment's file serves the same purpose. A child that was forked without exec keeps the lock too: the answer is
/// then "alive" until it ends as well, which costs space and never bytes.
/// </summary>
public sealed class LivenessFile : IDisposable
{
    private readonly LockedFile _file;

    private LivenessFile(LockedFile file) => _file = file;

    /// <summary>Name without the directory; unique for all time.</summary>
    public string FileName => _file.Name;

    /// <summary>What its name is made of.</summary>
    public SegmentUuid Uuid => _file.Uuid;

    /// <summary>Creates one.</summary>
    /// <param name="directory">The shared-memory directory.</param>
    /// <param name="file">The file on <see cref="MmcStatus.Ok"/>.</param>
    /// <param name="error">What went wrong, in words.</param>
    public static MmcStatus Create(string directory, out LivenessFile? file, out string error)
    {
        Errno errno = LockedFile.Create(directory, SharedFileName.LivenessSuffix, out LockedFile? locked);
        file = locked is null ? null : new LivenessFile(locked);
        error = locked is null ? FileErrors.CannotCreate(directory, errno) : "";
        return locked is null ? FileErrors.ToStatus(errno) : MmcStatus.Ok;
    }

    /// <summary>
    /// Whether the process that holds a liveness or segment file has ended: the file is gone, or nobody holds its lock.
    /// Whatever prevents an answer counts as alive.
    /// </summary>
    /// <param name="directory">The shared-memory directory.</param>
    /// <param name="name">Name of the file; any other name than ours counts as alive.</param>
    public static bool IsDead(string directory, string name)
    {
        if (!SharedFileName.IsLiveness(name) && !SharedFileName.IsSegment(name))
        {
            return false;
        }

        Errno error = PosixFile.OpenExisting(Path.Combine(directory, name), writable: false, out PosixFile? file);
        if (file is null)
        {
            return error == Errno.NoEntry;
        }

        using (file)
        {
            // Shared, so that two who ask at the same time do not take each other for the owner.
            return file.TryLockShared() == Errno.None;
        }
    }

    /// <inheritdoc cref="IsDead(string, string)"/>
    /// <param name="directory">The shared-memory directory.</param>
    /// <param name="uuid">What the file's name is made of; of 0 nothing is known, which counts as alive.</param>
    public static bool IsDead(string directory, SegmentUuid uuid) =>
        uuid != default && IsDead(directory, SharedFileName.Of(uuid, SharedFileName.LivenessSuffix));

    /// <summary>
    /// Unlinks the file: from now on this process counts as dead. Only after its last write has ended.
    /// </summary>
    public void Dispose() => _file.Dispose();
}
