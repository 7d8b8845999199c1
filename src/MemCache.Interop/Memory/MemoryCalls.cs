using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>
/// The C library's memory calls; <see cref="MappedRegion"/> and <see cref="NativeBuffer"/> are what others use.
/// </summary>
internal static unsafe partial class MemoryCalls
{
    public const int ProtectionNone = 0;
    public const int ProtectionReadWrite = 3;
    public const int MapSharedFlag = 1;
    public const int MapPrivateAnonymous = 0x22;
    public const int MapFixed = 0x10;
    public const int MapNoReserve = 0x4000;
    public const int AdviceHugePage = 14;
    public const int AdvicePopulateWrite = 23;
    public const int AdviceCollapse = 25;

    public static readonly nint MapFailed = -1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(
        nint address, nuint sizeBytes, int protection, int flags, PosixFile file, long offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MapAnonymous(
        nint address, nuint sizeBytes, int protection, int flags, int noDescriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint sizeBytes);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint sizeBytes, int advice);
}
