using System.Globalization;

namespace MemCache.Fabric;

/// <summary>
/// What Linux says about memory that this process could take, and about huge pages for shared memory.
/// </summary>
internal static class HostMemory
{
    public const string HugePageSettingPath = "/sys/kernel/mm/transparent_hugepage/shmem_enabled";

    private const string MountsPath = "/proc/self/mountinfo";
    private const string MeminfoPath = "/proc/meminfo";
    private const string CgroupLimitPath = "/sys/fs/cgroup/memory.max";
    private const string CgroupUsagePath = "/sys/fs/cgroup/memory.current";

    /// <summary>
    /// Bytes that can be taken before the kernel starts to kill: what is available on the host, and under the
    /// container's limit. <see cref="long.MaxValue"/> if it does not say.
    /// </summary>
    public static long ReadBytesAvailable() => Math.Min(ReadHostAvailable(), ReadCgroupAvailable());

    /// <summary>
    /// The chosen word of the setting that overrules every mount ("deny", "force"); empty if the kernel has no such
    /// setting.
    /// </summary>
    public static string ReadHugePageSetting() => ParseChoice(ReadText(HugePageSettingPath));

    /// <summary>
    /// What the mount that holds a directory says of huge pages: the word behind "huge=", or "never".
    /// </summary>
    public static string ReadMountHugePages(string directory) =>
        ParseMountHugePages(ReadText(MountsPath), Path.GetFullPath(directory));

    /// <summary>The word in brackets: "always [never]" is "never".</summary>
    internal static string ParseChoice(string text)
    {
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? text[(open + 1)..close] : "";
    }

    /// <summary>
    /// Looks for the longest mount point that the directory lies under, the last one of the same name, and for its
    /// option.
    /// </summary>
    /// <param name="mountinfo">
    /// /proc/self/mountinfo: mount point in field 4, options of the file system in the last one.
    /// </param>
    /// <param name="directory">An absolute path.</param>
    internal static string ParseMountHugePages(string mountinfo, string directory)
    {
        string mountPoint = "";
        string options = "";
        foreach (string line in mountinfo.Split('\n'))
        {
            string[] fields = line.Split(' ');
            if (fields.Length > 6 && IsUnder(directory, fields[4]) && fields[4].Length >= mountPoint.Length)
            {
                mountPoint = fields[4];
                options = fields[^1];
            }
        }

        string? option = options.Split(',').LastOrDefault(o => o.StartsWith("huge=", StringComparison.Ordinal));
        return option is null ? "never" : option["huge=".Length..];
    }

    private static bool IsUnder(string directory, string mountPoint) =>
        mountPoint == "/"
        || directory == mountPoint
        || (directory.StartsWith(mountPoint, StringComparison.Ordinal) && directory[mountPoint.Length] == '/');

    /// <summary>Bytes behind "MemAvailable:", which are given in kB.</summary>
    internal static long ParseAvailable(string meminfo)
    {
        foreach (ReadOnlySpan<char> line in meminfo.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("MemAvailable:", StringComparison.Ordinal))
            {
                ReadOnlySpan<char> number = line["MemAvailable:".Length..].Trim();
                int end = number.IndexOf(' ');
                return TryParse(end < 0 ? number : number[..end], out long kilobytes)
                    ? kilobytes * 1024
                    : long.MaxValue;
            }
        }

        return long.MaxValue;
    }

    private static long ReadHostAvailable() => ParseAvailable(ReadText(MeminfoPath));

    private static long ReadCgroupAvailable() =>
        TryParse(ReadText(CgroupLimitPath), out long limit) && TryParse(ReadText(CgroupUsagePath), out long usage)
            ? Math.Max(limit - usage, 0)
            : long.MaxValue;

    private static bool TryParse(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // the kernel does not have this file, or does not show it: the same as no answer
        }
    }
}
