using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>Signals that our programs and tests send to processes that they started. Numbers are those of Linux.</summary>
public static partial class ProcessSignal
{
    /// <summary>Ends a process at once, without its help.</summary>
    public const int Kill = 9;

    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Lets a stopped process go on.</summary>
    public const int Continue = 18;

    /// <summary>Stops a process until <see cref="Continue"/>.</summary>
    public const int Stop = 19;

    /// <summary>Sends <paramref name="signal"/> to the process with this id. <see langword="false"/>: there is none, or it is not ours.</summary>
    public static bool Send(int processId, int signal) => processId > 0 && SendSignal(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
