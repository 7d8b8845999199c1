using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// What the kernel's answers mean for shared-memory files: a status for programs, a sentence for people.
/// </summary>
internal static class FileErrors
{
    public static MmcStatus ToStatus(Errno error) => error switch
    {
        Errno.None => MmcStatus.Ok,
        Errno.NoMemory or Errno.NoSpace or Errno.BadAddress or Errno.HardwarePoison => MmcStatus.NotEnoughMemory,
        Errno.TooManyFiles => MmcStatus.LimitExceeded,
        Errno.NoEntry => MmcStatus.NotConnectedToLocal,
        _ => MmcStatus.ObjectCreationFailed,
    };

    public static string CannotCreate(string directory, Errno error) =>
        $"cannot create a file in {directory}: {Describe(error)}";

    public static string Describe(Errno error) => error switch
    {
        Errno.NoEntry => "it does not exist",
        Errno.AccessDenied or Errno.NotPermitted => "permission denied",
        Errno.NoMemory => "no memory left",
        Errno.NoSpace => "no space left",
        Errno.BadAddress => "no page left for the file",
        Errno.HardwarePoison => "a memory page has a hardware error",
        Errno.TooManyFiles => "this process has no file descriptor left (see ulimit -n)",
        Errno.SymbolicLink => "it is a symbolic link",
        Errno.WouldBlock => "another process keeps taking the new file's lock",
        _ => $"errno {(int)error}",
    };
}
