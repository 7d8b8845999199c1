using System.Globalization;

namespace MemCache.LocalService;

/// <summary>
/// Log files of processes that have ended: <c>mmc-local-PID.log</c> and what was rotated from it. Every process has files of
/// its own, so that none rotates another's away.
/// </summary>
internal static class OldLogFiles
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "mmc-local-";

    /// <summary>What the names end with.</summary>
    public const string Suffix = ".log";

    /// <summary>Keeps the youngest ones.</summary>
    /// <param name="directory">Where they are; it need not exist.</param>
    /// <param name="keptCount">How many.</param>
    public static void Remove(string directory, int keptCount)
    {
        try
        {
            IEnumerable<string> files = Directory.EnumerateFiles(directory, $"{Prefix}*{Suffix}")
                .Where(file => HasEnded(Path.GetFileName(file)))
                .OrderByDescending(File.GetLastWriteTimeUtc)
                .Skip(keptCount)
                .ToArray();
            foreach (string file in files)
            {
                File.Delete(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process tries again; what matters, writing, reports its own failure.
        }
    }

    private static bool HasEnded(string name)
    {
        string id = name[Prefix.Length..].Split('.')[0];
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}"));
    }
}
