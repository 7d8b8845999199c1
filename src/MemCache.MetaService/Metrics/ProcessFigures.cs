using System.Globalization;

namespace MemCache.MetaService;

/// <summary>What the kernel knows of this process.</summary>
/// <param name="CpuSeconds">Processor time, user and system.</param>
/// <param name="ResidentBytes">Memory that is present.</param>
/// <param name="VirtualBytes">Address space.</param>
/// <param name="ThreadCount">Threads.</param>
/// <param name="OpenFileCount">Descriptors.</param>
internal readonly record struct ProcessFigures(
    double CpuSeconds, long ResidentBytes, long VirtualBytes, long ThreadCount, long OpenFileCount)
{
    // USER_HZ: what /proc counts in on every architecture that is built for.
    private const double TicksPerSecond = 100;

    // Fields of /proc/self/stat behind the program's name, which may hold blanks itself; proc(5) counts from 1 and
    // the name is 2.
    private const int UserTicks = 14 - 3;
    private const int SystemTicks = 15 - 3;
    private const int Threads = 20 - 3;
    private const int VirtualSize = 23 - 3;
    private const int ResidentPages = 24 - 3;

    /// <summary>Reads them; zeros where there is no /proc.</summary>
    public static ProcessFigures Read()
    {
        try
        {
            string stat = File.ReadAllText("/proc/self/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessFigures(
                (Number(fields[UserTicks]) + Number(fields[SystemTicks])) / TicksPerSecond,
                Number(fields[ResidentPages]) * Environment.SystemPageSize,
                Number(fields[VirtualSize]),
                Number(fields[Threads]),
                Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
