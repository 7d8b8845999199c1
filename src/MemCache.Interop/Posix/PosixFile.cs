using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MemCache.Interop;

/// <summary>
/// An open file descriptor, with the calls that shared-memory files need and the BCL does not offer in this form: exact
/// open flags, locks that die with the process, status without a race. Thread-safe as the kernel is. Closing it drops
/// its lock.
/// </summary>
public sealed class PosixFile : SafeHandleMinusOneIsInvalid
{
    private const uint PermissionsOwnerOnly = 0x180; // 0600
    private const int StatBlockBytes = 512;

    private PosixFile(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The user whose rights this process has.</summary>
    public static uint CurrentUserId => FileCalls.EffectiveUser();

    /// <summary>
    /// Creates a file that did not exist, readable and writable by its owner only, whatever the umask.
    /// </summary>
    /// <returns><see cref="Errno.Exists"/> if there is something with that name, a symbolic link included.</returns>
    public static Errno CreateExclusive(string path, out PosixFile? file)
    {
        int flags = FileCalls.OpenReadWrite | FileCalls.OpenCreate | FileCalls.OpenExclusive;
        Errno error = Open(path, flags, out file);
        if (file is not null && FileCalls.ChangeMode(file, PermissionsOwnerOnly) != 0)
        {
            error = LastError();
            file.Dispose();
            file = null;
        }

        return error;
    }

    /// <summary>
    /// Opens an existing file; never follows a symbolic link in the last part of the path and never waits for a pipe's
    /// other end.
    /// </summary>
    public static Errno OpenExisting(string path, bool writable, out PosixFile? file) =>
        Open(path, (writable ? FileCalls.OpenReadWrite : FileCalls.OpenReadOnly) | FileCalls.OpenNonBlocking, out file);

    /// <summary>Opens an existing file for reading; symbolic links are followed.</summary>
    public static Errno OpenFollowing(string path, out PosixFile? file) =>
        Open(path, FileCalls.OpenReadOnly | FileCalls.OpenNonBlocking, out file, noFollow: 0);

    /// <summary>Removes the name; who has the file open or mapped keeps it.</summary>
    public static Errno Unlink(string path) => FileCalls.Unlink(path) == 0 ? Errno.None : LastError();

    /// <summary>
    /// Takes the exclusive lock without waiting. It lasts until the last copy of this descriptor is closed.
    /// </summary>
    /// <returns><see cref="Errno.WouldBlock"/> if another descriptor holds a lock.</returns>
    public Errno TryLockExclusive() => Lock(FileCalls.LockExclusive);

    /// <summary>Takes a shared lock without waiting: succeeds if nobody holds the exclusive one.</summary>
    public Errno TryLockShared() => Lock(FileCalls.LockShared);

    /// <summary>Sets the length; new bytes are holes.</summary>
    public Errno SetLength(long sizeBytes)
    {
        Errno error;
        do
        {
            error = FileCalls.Truncate(this, sizeBytes) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.Interrupted);
        return error;
    }

    /// <summary>Gives a range its pages, zeroed where there were none.</summary>
    public Errno Allocate(long offset, long sizeBytes)
    {
        Errno error;
        do
        {
            error = FileCalls.Allocate(this, 0, offset, sizeBytes) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.Interrupted);
        return error;
    }

    /// <summary>
    /// Reads at an offset; <paramref name="count"/> is less than asked for only at the end of the file.
    /// </summary>
    public unsafe Errno ReadAt(Span<byte> destination, long offset, out int count)
    {
        count = 0;
        // SAFETY: the span stays pinned for the calls, and each reads into what is left of it.
        fixed (byte* buffer = destination)
        {
            while (count < destination.Length)
            {
                nint read = FileCalls.ReadAt(this, buffer + count, (nuint)(destination.Length - count), offset + count);
                if (read < 0 && LastError() is var error and not Errno.Interrupted)
                {
                    return error;
                }

                if (read == 0)
                {
                    break;
                }

                count += (int)Math.Max(read, 0);
            }
        }

        return Errno.None;
    }

    /// <summary>Reads the file's status.</summary>
    public unsafe Errno ReadStatus(out FileStatus status)
    {
        FileCalls.StatxBuffer raw;
        byte emptyPath = 0;
        // SAFETY: both pointers are to locals that outlive the call; the kernel writes 256 bytes, the struct's size.
        if (FileCalls.Status(this, &emptyPath, FileCalls.StatEmptyPath, FileCalls.StatBasic, &raw) != 0)
        {
            status = default;
            return LastError();
        }

        status = new FileStatus(
            (raw.Mode & FileCalls.ModeTypeMask) == FileCalls.ModeRegular,
            raw.UserId,
            raw.Mode & 0xFFFu,
            raw.LinkCount,
            (long)raw.SizeBytes,
            (long)raw.AllocatedBlocks * StatBlockBytes,
            ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor,
            raw.Inode,
            (raw.ModifiedSeconds * 1_000_000_000) + raw.ModifiedNanoseconds);
        return Errno.None;
    }

    /// <summary>Reads the status of the file system that holds the file.</summary>
    public unsafe Errno ReadFileSystem(out FileSystemStatus status)
    {
        FileCalls.StatfsBuffer raw;
        // SAFETY: a local that outlives the call; the kernel writes 120 bytes, the struct's size.
        if (FileCalls.FileSystem(this, &raw) != 0)
        {
            status = default;
            return LastError();
        }

        // A tmpfs and a hugetlbfs without a size limit say 0 blocks in all.
        long available = raw.Blocks == 0
            ? long.MaxValue
            : (long)UInt128.Min((UInt128)raw.BlocksAvailable * (ulong)raw.BlockBytes, long.MaxValue);
        status = new FileSystemStatus(raw.Type, raw.BlockBytes, available);
        return Errno.None;
    }

    /// <summary>Maps the first <paramref name="sizeBytes"/> bytes, shared, readable and writable.</summary>
    public Errno Map(long sizeBytes, out MappedRegion? region) => MappedRegion.MapShared(this, sizeBytes, out region);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => FileCalls.Close((int)handle) == 0;

    internal static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    private static Errno Open(string path, int flags, out PosixFile? file) =>
        Open(path, flags, out file, FileCalls.OpenNoFollow);

    private static Errno Open(string path, int flags, out PosixFile? file, int noFollow)
    {
        flags |= FileCalls.OpenCloseOnExec | noFollow;
        file = null;
        int descriptor;
        Errno error = Errno.None;
        do
        {
            descriptor = FileCalls.Open(path, flags, PermissionsOwnerOnly);
            error = descriptor >= 0 ? Errno.None : LastError();
        }
        while (error == Errno.Interrupted);

        if (error == Errno.None)
        {
            file = new PosixFile(descriptor);
        }

        return error;
    }

    private Errno Lock(int operation)
    {
        Errno error;
        do
        {
            error = FileCalls.Lock(this, operation | FileCalls.LockNonBlocking) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.Interrupted);
        return error;
    }
}
