using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>The C library's file calls, as declared there; <see cref="PosixFile"/> is what others use.</summary>
internal static unsafe partial class FileCalls
{
    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    public const int StatEmptyPath = 0x1000;
    public const uint StatBasic = 0x7ff;

    public const uint ModeTypeMask = 0xF000;
    public const uint ModeRegular = 0x8000;

    /// <summary>O_NOFOLLOW is one of the few flags whose number depends on the processor.</summary>
    public static int OpenNoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(PosixFile file, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(PosixFile file, int operation);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(PosixFile file, long sizeBytes);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(PosixFile file, int mode, long offset, long sizeBytes);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int descriptor, int mode, long offset, long sizeBytes);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(PosixFile file, byte* buffer, nuint sizeBytes, long offset);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Status(PosixFile directory, byte* path, int flags, uint mask, StatxBuffer* status);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int FileSystem(PosixFile file, StatfsBuffer* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>struct statx: the one layout of a file's status that all processors share.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatxBuffer
    {
        [FieldOffset(16)] public uint LinkCount;
        [FieldOffset(20)] public uint UserId;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong SizeBytes;
        [FieldOffset(48)] public ulong AllocatedBlocks;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    /// <summary>struct statfs of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct StatfsBuffer
    {
        [FieldOffset(0)] public long Type;
        [FieldOffset(8)] public long BlockBytes;
        [FieldOffset(16)] public ulong Blocks;
        [FieldOffset(24)] public ulong BlocksFree;
        [FieldOffset(32)] public ulong BlocksAvailable;
    }
}
