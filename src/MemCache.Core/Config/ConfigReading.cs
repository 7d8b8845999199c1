namespace MemCache.Core;

/// <summary>
/// What the defaults, a file, the environment and a command line give together, and where each value is from.
/// </summary>
/// <typeparam name="TOptions">The options.</typeparam>
public sealed class ConfigReading<TOptions>
    where TOptions : class, new()
{
    private readonly ConfigTable<TOptions> _table;
    private readonly Dictionary<string, ConfigOrigin> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _illegal = new(StringComparer.Ordinal);
    private readonly List<ConfigProblem> _problems = [];

    internal ConfigReading(ConfigTable<TOptions> table, TOptions options)
    {
        _table = table;
        Options = options;
    }

    /// <summary>The options; an illegal value left what was there before.</summary>
    public TOptions Options { get; }

    /// <summary>Everything that is wrong or odd, in the order of the places.</summary>
    public IReadOnlyList<ConfigProblem> Problems => _problems;

    /// <summary>What makes the configuration unusable.</summary>
    public IReadOnlyList<string> Errors => [.. _problems.Where(problem => problem.IsError).Select(problem => problem.Text)];

    /// <summary>What is only odd: unknown keys, keys given twice.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _problems.Where(problem => !problem.IsError).Select(problem => problem.Text)];

    /// <summary>Where the value of a key comes from.</summary>
    public ConfigOrigin OriginOf(string key) => _origins.GetValueOrDefault(key);

    /// <summary>The options, if there is no error.</summary>
    /// <exception cref="OptionsException">There is one; the text has a line for each.</exception>
    public TOptions Require(out IReadOnlyList<string> warnings)
    {
        warnings = Warnings;
        ConfigLoader.ThrowIfAny(Errors);
        return Options;
    }

    internal void AddFile(ConfigFile file)
    {
        _problems.AddRange(file.Errors);
        foreach (ConfigEntry entry in file.Entries)
        {
            var origin = new ConfigOrigin(ConfigSource.File, file.Path, entry.LineNumber);
            if (_table.Find(entry.Key) is not { } setting)
            {
                AddUnknown(origin, entry);
                continue;
            }

            if (_origins.ContainsKey(entry.Key))
            {
                _problems.Add(ConfigProblem.Odd(
                    origin, entry.Key, setting.Mask(entry.Value), $"'{entry.Key}' is given again; the last value counts"));
            }

            Set(setting, entry.Value, origin);
        }
    }

    internal void AddEnvironment(Func<string, string?> environment)
    {
        foreach (ConfigSetting<TOptions> setting in _table.Settings)
        {
            // Deployments often set what they leave open to nothing.
            if (environment(setting.Variable) is { Length: > 0 } value)
            {
                Set(setting, value.Trim(), new ConfigOrigin(ConfigSource.Environment, setting.Variable));
            }
        }
    }

    internal void AddCommandLine(IEnumerable<(string Key, string Value)> settings)
    {
        var origin = new ConfigOrigin(ConfigSource.CommandLine);
        foreach ((string key, string value) in settings)
        {
            if (_table.Find(key) is { } setting)
            {
                Set(setting, value, origin);
            }
            else
            {
                _problems.Add(ConfigProblem.Unreadable(origin, $"unknown key '{ConfigProblem.Shown(key)}'"));
            }
        }
    }

    internal void Check()
    {
        var sentences = new List<string>();
        _table.Check?.Invoke(Options, sentences);
        foreach (string sentence in sentences)
        {
            ConfigSetting<TOptions>[] keys =
                [.. _table.Settings.Where(setting => sentence.Contains($"'{setting.Key}'", StringComparison.Ordinal))];
            // The other value is a default then, and what does not fit to it may fit to what was meant.
            if (keys.Any(setting => _illegal.Contains(setting.Key)))
            {
                continue;
            }

            ConfigSetting<TOptions>? cause = keys
                .OrderBy(setting => sentence.IndexOf($"'{setting.Key}'", StringComparison.Ordinal))
                .FirstOrDefault(setting => _origins.ContainsKey(setting.Key));
            ConfigOrigin origin = cause is null ? default : OriginOf(cause.Key);
            string value = cause?.Show(Options) ?? "";
            _problems.Add(new ConfigProblem(true, origin, cause?.Key ?? "", value, "", $"{origin}: {sentence}"));
        }
    }

    private void Set(ConfigSetting<TOptions> setting, string value, ConfigOrigin origin)
    {
        if (setting.Write(Options, value))
        {
            _origins[setting.Key] = origin;
            return;
        }

        _illegal.Add(setting.Key);
        _problems.Add(ConfigProblem.Illegal(origin, setting.Key, setting.Mask(value), setting.Range));
    }

    private void AddUnknown(ConfigOrigin origin, ConfigEntry entry)
    {
        if (!_table.Families.Any(family => entry.Key.StartsWith(family.Prefix, StringComparison.Ordinal)))
        {
            // Its value may be anything, a secret included.
            _problems.Add(ConfigProblem.Odd(origin, entry.Key, "", $"unknown key '{ConfigProblem.Shown(entry.Key)}' is ignored"));
        }
    }
}
