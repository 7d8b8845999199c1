using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MemCache.Interop;

/// <summary>
/// Runs the operator's decrypter: a program that gets the content of the passphrase file on its standard input and
/// prints the passphrase. No shell, no arguments, a bounded time and a bounded answer. Of the host's process it takes
/// nothing but a child for that time.
/// </summary>
internal static unsafe class DecrypterCommand
{
    /// <summary>Time that it gets.</summary>
    public const int TimeoutMs = 10_000;

    // What a pipe takes at once, whoever reads: it is written before the program starts, so nobody waits and nothing
    // raises SIGPIPE.
    private const int InputBytesMax = 16 << 10;

    // OpenSSL's own limit of a passphrase.
    private const int OutputBytesMax = 1024;

    private const int ErrnoNoChild = 10;
    private const int PollMs = 10;
    private const string LateText = "did not end in time";

    /// <summary>Runs it.</summary>
    /// <param name="path">The program.</param>
    /// <param name="input">What it gets.</param>
    /// <param name="error">Why there is no answer.</param>
    /// <param name="timeoutMs">Time that it gets.</param>
    /// <returns>What it printed, in a pinned array for the caller to clear; <see langword="null"/> if it
    /// failed.</returns>
    public static byte[]? Run(string path, ReadOnlySpan<byte> input, out string error, int timeoutMs = TimeoutMs)
    {
        error = SecretFile.JudgeProgram(path);
        if (error.Length > 0 || input.Length > InputBytesMax)
        {
            error = error.Length > 0 ? error : $"the passphrase file is longer than {InputBytesMax} bytes";
            return null;
        }

        int* ends = stackalloc int[4];
        // SAFETY: each call writes two descriptors.
        if (SpawnCalls.Pipe(ends, SpawnCalls.CloseOnExec) != 0)
        {
            error = $"no pipe: {PosixFile.LastError()}";
            return null;
        }

        if (SpawnCalls.Pipe(ends + 2, SpawnCalls.CloseOnExec) != 0)
        {
            error = $"no pipe: {PosixFile.LastError()}";
            Close(ends[0], ends[1]);
            return null;
        }

        fixed (byte* bytes = input)
        {
            _ = SpawnCalls.Write(ends[1], bytes, (nuint)input.Length);
        }

        int result = Start(path, ends[0], ends[3], out int processId);
        Close(ends[0], ends[1]);
        _ = SocketCalls.Close(ends[3]);
        byte[]? answer = null;
        if (result == 0)
        {
            answer = Finish(processId, ends[2], timeoutMs, out error);
        }
        else
        {
            error = $"can't be run: {(Errno)result}";
        }

        _ = SocketCalls.Close(ends[2]);
        return answer;
    }

    private static int Start(string path, int standardInput, int standardOutput, out int processId)
    {
        byte* actions = stackalloc byte[SpawnCalls.OpaqueBytes];
        byte* attributes = stackalloc byte[SpawnCalls.OpaqueBytes];
        byte* signals = stackalloc byte[SpawnCalls.SignalSetBytes];
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        int child = 0;
        // SAFETY: the C library writes its own structs, smaller than the room; names and lists are pinned or on this
        // stack for the call.
        fixed (byte* first = name)
        {
            byte** arguments = stackalloc byte*[2] { first, null };
            _ = SpawnCalls.InitActions(actions);
            _ = SpawnCalls.AddDuplicate(actions, standardInput, 0);
            _ = SpawnCalls.AddDuplicate(actions, standardOutput, 1);
            _ = SpawnCalls.InitAttributes(attributes);
            // The host may ignore or block signals that the program counts on.
            _ = SpawnCalls.FillSignals(signals);
            _ = SpawnCalls.SetDefaults(attributes, signals);
            new Span<byte>(signals, SpawnCalls.SignalSetBytes).Clear();
            _ = SpawnCalls.SetMask(attributes, signals);
            _ = SpawnCalls.SetFlags(attributes, SpawnCalls.SetSignalDefaults | SpawnCalls.SetSignalMask);
            int result = SpawnCalls.Spawn(&child, path, actions, attributes, arguments, HostEnvironment());
            _ = SpawnCalls.DestroyActions(actions);
            _ = SpawnCalls.DestroyAttributes(attributes);
            processId = child;
            return result;
        }
    }

    private static byte[]? Finish(int processId, int output, int timeoutMs, out string error)
    {
        long end = Stopwatch.GetTimestamp() + (timeoutMs * Stopwatch.Frequency / 1000);
        byte[] answer = GC.AllocateUninitializedArray<byte>(OutputBytesMax + 1, pinned: true);
        int length = ReadAll(output, answer, end, out error);
        if (error.Length > 0)
        {
            // Only a process that this call has started and not yet waited for.
            _ = SpawnCalls.Kill(processId, SpawnCalls.SignalKill);
        }

        string ending = WaitForEnd(processId, end);
        error = error.Length > 0 ? error : ending.Length > 0 ? ending : length == 0 ? "printed nothing" : "";
        byte[]? result = null;
        if (error.Length == 0)
        {
            result = GC.AllocateUninitializedArray<byte>(length, pinned: true);
            answer.AsSpan(0, length).CopyTo(result);
        }

        Array.Clear(answer);
        return result;
    }

    private static int ReadAll(int output, byte[] answer, long end, out string error)
    {
        int length = 0;
        while (length < answer.Length)
        {
            var entry = new SocketCalls.PollEntry { Descriptor = output, Events = (short)SocketReadiness.Readable };
            int leftMs = (int)Math.Max(0, (end - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency);
            // SAFETY: one entry on this stack; the array is pinned and the kernel is told what is left of it.
            int ready = SocketCalls.Poll(&entry, 1, leftMs);
            if (ready <= 0)
            {
                if (leftMs > 0)
                {
                    continue;
                }

                error = LateText;
                return length;
            }

            fixed (byte* room = answer)
            {
                nint count = SpawnCalls.Read(output, room + length, (nuint)(answer.Length - length));
                if (count <= 0)
                {
                    error = "";
                    return length;
                }

                length += (int)count;
            }
        }

        error = $"printed more than {OutputBytesMax} bytes";
        return 0;
    }

    // It has closed its output or was killed, so its end is near; one that lingers is killed.
    private static string WaitForEnd(int processId, long end)
    {
        bool isLate = false;
        while (true)
        {
            int status = 0;
            // SAFETY: four bytes of a local.
            int ended = SpawnCalls.WaitProcess(processId, &status, SpawnCalls.NoHang);
            if (ended == processId)
            {
                return isLate ? LateText
                    : status == 0 ? ""
                    : (status & 0x7F) != 0 ? $"was ended by signal {status & 0x7F}"
                    : $"ended with code {(status >> 8) & 0xFF}";
            }

            if (ended < 0 && Marshal.GetLastPInvokeError() == ErrnoNoChild)
            {
                // The host ignores SIGCHLD, so nobody learns the code. A wrong answer will not open the key.
                return "";
            }

            if (Stopwatch.GetTimestamp() >= end)
            {
                isLate = true;
                _ = SpawnCalls.Kill(processId, SpawnCalls.SignalKill);
            }

            _ = SocketCalls.Poll(null, 0, PollMs);
        }
    }

    private static byte** HostEnvironment()
    {
        // SAFETY: environ is a pointer of the C library's to the list; who changes it at this moment races with every
        // program that is run.
        return NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "environ", out nint environment)
            ? *(byte***)environment
            : null;
    }

    private static void Close(int first, int second)
    {
        _ = SocketCalls.Close(first);
        _ = SocketCalls.Close(second);
    }
}
