using MemCache.Core;
using Microsoft.Extensions.Configuration;

namespace MemCache.DistributedCache;

/// <summary>
/// Reads a section of the host's configuration by name, without reflection: <c>KeyPrefix</c>, <c>ThrowOnFailure</c>,
/// <c>ConfigFile</c>, and under <c>LocalService</c> the keys of <c>mmc-local.conf</c>. What is unknown or illegal ends
/// the start: a host has no file and line to warn about.
/// </summary>
internal static class MemCacheSection
{
    private const string ConfigFile = "ConfigFile";

    public static void Apply(IConfiguration section, MemCacheOptions options)
    {
        var problems = new List<string>();
        if (section[ConfigFile] is { Length: > 0 } path)
        {
            // The file first: the section's own values count more.
            options.LoadFile(path);
        }

        foreach (IConfigurationSection entry in section.GetChildren())
        {
            bool legal = entry.Key.ToUpperInvariant() switch
            {
                "KEYPREFIX" => SetPrefix(options, entry.Value),
                "THROWONFAILURE" => SetThrow(options, entry.Value),
                "CONFIGFILE" => true,
                "LOCALSERVICE" => SetLocalService(options, entry, problems),
                _ => false,
            };
            if (!legal)
            {
                problems.Add($"'{entry.Path}' = '{entry.Value}' is not legal; legal are KeyPrefix, "
                    + "ThrowOnFailure (true or false), ConfigFile (a path) and LocalService (keys of mmc-local.conf)");
            }
        }

        if (problems.Count > 0)
        {
            throw new OptionsException(string.Join(Environment.NewLine, problems));
        }
    }

    private static bool SetPrefix(MemCacheOptions options, string? value)
    {
        options.KeyPrefix = value ?? "";
        return true;
    }

    private static bool SetThrow(MemCacheOptions options, string? value)
    {
        bool legal = bool.TryParse(value, out bool parsed);
        options.ThrowOnFailure = parsed;
        return legal;
    }

    private static bool SetLocalService(MemCacheOptions options, IConfigurationSection section, List<string> problems)
    {
        foreach (IConfigurationSection entry in section.GetChildren())
        {
            if (!LocalServiceOptions.Table.TrySet(options.LocalService, entry.Key, entry.Value ?? ""))
            {
                string? range = LocalServiceOptions.Table.Find(entry.Key)?.Range;
                problems.Add(range is null
                    ? $"'{entry.Path}': there is no key '{entry.Key}' in mmc-local.conf"
                    : $"'{entry.Path}' = '{entry.Value}' is not legal; legal is {range}");
            }
        }

        return true;
    }
}
