using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary>
/// The C side of this library (<c>Gate/gate.c</c>): every exported function passes through it before it comes here. It
/// keeps each thread's last error, because a thread's own storage is freed there when the thread ends.
/// </summary>
internal static unsafe partial class Gate
{
    private const string Name = "mmc_gate";

    /// <summary>
    /// Keeps the status and the text of a failed call for this thread; an empty text stands for the status's own.
    /// </summary>
    [SuppressGCTransition]
    [LibraryImport(Name, EntryPoint = "mmc_gate_failed")]
    public static partial void Failed(int status, byte* text, nuint textBytes);

    /// <summary>Path that this library was loaded from, with a final zero; returns its length, or 0.</summary>
    [LibraryImport(Name, EntryPoint = "mmc_gate_library_path")]
    public static partial int LibraryPath(byte* path, int sizeBytes);

    /// <summary>Starts a program; returns an errno. The array of arguments ends with a null.</summary>
    [LibraryImport(Name, EntryPoint = "mmc_gate_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Spawn(string path, string?[] arguments, out int processId);

    /// <summary>Whether a child has ended; its exit code then.</summary>
    [LibraryImport(Name, EntryPoint = "mmc_gate_has_ended")]
    public static partial int HasEnded(int processId, out int code);

    /// <summary>Sends a signal to a child that has not ended.</summary>
    [LibraryImport(Name, EntryPoint = "mmc_gate_signal")]
    public static partial int Signal(int processId, int signal);
}
