using System.Runtime.InteropServices;

namespace MemCache.Benchmarks;

/// <summary>Processor time of the calling thread: what a call takes when nobody else wants the core.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Microseconds since the thread began.</summary>
    public static double Microseconds =>
        Read(ThreadCpuTime, out TimeSpecification time) == 0 ? time.Seconds * 1e6 + time.Nanoseconds / 1e3 : double.NaN;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out TimeSpecification time);

    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
