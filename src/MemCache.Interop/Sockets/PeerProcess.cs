using System.Globalization;
using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>Whether the process behind a closed Unix socket is dead, or only closed it.</summary>
public static class PeerProcess
{
    private const int ErrnoNoSuchProcess = 3;

    // PF_EXITING in the flags of /proc/PID/stat: the thread runs no code of its program any more.
    private const ulong FlagExiting = 0x4;

    // state ppid pgrp session tty_nr tpgid flags: counted behind the name, which may hold anything but ends with the last bracket.
    private const int FlagsFieldIndex = 6;

    /// <summary>
    /// Whether it is certain that no thread of <paramref name="processId"/> runs code any more. A process that ends has marked all its
    /// threads before its sockets close, so right behind an end of stream this tells a death from a close.
    /// </summary>
    /// <param name="processId">As seen from here; 0 (unknown, another pid namespace) is never certain. A number in use again is a living process.</param>
    public static bool IsDead(int processId)
    {
        if (processId <= 0)
        {
            return false;
        }

        if (SocketCalls.Kill(processId, 0) != 0)
        {
            return Marshal.GetLastPInvokeError() == ErrnoNoSuchProcess;
        }

        try
        {
            string[] threads = Directory.GetDirectories(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task"));
            return threads.Length > 0 && Array.TrueForAll(threads, IsExiting);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone between two looks, or hidden: only the first is certain.
            return SocketCalls.Kill(processId, 0) != 0 && Marshal.GetLastPInvokeError() == ErrnoNoSuchProcess;
        }
    }

    private static bool IsExiting(string threadDirectory)
    {
        string text;
        try
        {
            text = File.ReadAllText(threadDirectory + "/stat");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }

        string[] fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > FlagsFieldIndex
            && ulong.TryParse(fields[FlagsFieldIndex], NumberStyles.None, CultureInfo.InvariantCulture, out ulong flags)
            && (flags & FlagExiting) != 0;
    }
}
