using MemCache.Core;

namespace MemCache.Cli;

/// <summary>The program that reads a configuration file: the MetaService or a LocalService.</summary>
internal sealed class ConfigProgram
{
    private readonly Func<ConfigFile?, Func<string, string?>, ConfigReport> _read;
    private readonly Func<string, bool> _knows;

    private ConfigProgram(
        string name, string pathVariable, Func<ConfigFile?, Func<string, string?>, ConfigReport> read,
        Func<string, bool> knows)
    {
        Name = name;
        PathVariable = pathVariable;
        _read = read;
        _knows = knows;
    }

    /// <summary>Reads <c>mmc-meta.conf</c>.</summary>
    public static ConfigProgram Meta { get; } = new(
        "meta", MetaServiceOptions.PathVariable,
        (file, environment) => ConfigReport.Of(
            "meta", file, MetaServiceOptions.Table, MetaServiceOptions.Table.Read(file, environment), _ => []),
        key => MetaServiceOptions.Table.Find(key) is not null);

    /// <summary>Reads <c>mmc-local.conf</c>.</summary>
    public static ConfigProgram Local { get; } = new(
        "local", LocalServiceOptions.PathVariable,
        (file, environment) => ConfigReport.Of(
            "local", file, LocalServiceOptions.Table, LocalServiceOptions.Table.Read(file, environment),
            options => options.Unavailable(out _)),
        key => LocalServiceOptions.Table.Find(key) is not null);

    /// <summary>Both.</summary>
    public static IReadOnlyList<ConfigProgram> All { get; } = [Meta, Local];

    /// <summary>What <c>--kind</c> calls it.</summary>
    public string Name { get; }

    /// <summary>Environment variable that names its file.</summary>
    public string PathVariable { get; }

    /// <summary>Whether the program has this key.</summary>
    public bool Knows(string key) => _knows(key);

    /// <summary>What the program makes of a file and an environment.</summary>
    public ConfigReport Read(ConfigFile? file, Func<string, string?> environment) => _read(file, environment);

    /// <summary>Whose file it is: by the keys that only one of them knows, else by its name.</summary>
    public static ConfigProgram Of(ConfigFile file)
    {
        int meta = file.Entries.Count(entry => Meta.Knows(entry.Key) && !Local.Knows(entry.Key));
        int local = file.Entries.Count(entry => Local.Knows(entry.Key) && !Meta.Knows(entry.Key));
        bool isNamedLocal = Path.GetFileName(file.Path).Contains("local", StringComparison.OrdinalIgnoreCase);
        return local > meta || (local == meta && isNamedLocal) ? Local : Meta;
    }
}
