using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary>
/// The C side of this library (<c>Gate/gate.c</c>): every exported function passes through it before it comes here. It keeps each thread's
/// last error, because a thread's own storage is freed there when the thread ends.
/// </summary>
internal static unsafe partial class Gate
{
    private const string Name = "mmc_gate";

    /// <summary>Keeps the status and the text of a failed call for this thread; an empty text stands for the status's own.</summary>
    [SuppressGCTransition]
    [LibraryImport(Name, EntryPoint = "mmc_gate_failed")]
    public static partial void Failed(int status, byte* text, nuint textBytes);
}
