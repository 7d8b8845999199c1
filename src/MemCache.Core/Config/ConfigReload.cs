namespace MemCache.Core;

/// <summary>
/// Takes over what may change while running from a configuration file that is edited. A file with any mistake changes
/// nothing. One thread at a time.
/// </summary>
/// <typeparam name="TOptions">The options.</typeparam>
public sealed class ConfigReload<TOptions>
    where TOptions : class, new()
{
    private readonly ConfigTable<TOptions> _table;
    private readonly string _path;
    private readonly TOptions _running;
    private readonly Func<ConfigFile, ConfigReading<TOptions>> _read;
    private readonly List<(ConfigSetting<TOptions> Setting, string Value)> _pending = [];
    private ConfigFile _known;
    private ConfigFile? _candidate;
    private TOptions _accepted;

    /// <summary>Begins with the file as it is now.</summary>
    /// <param name="table">The keys.</param>
    /// <param name="path">The file.</param>
    /// <param name="running">What the program works with: changed in place, key by key.</param>
    /// <param name="read">Reads a file with all that counts more than it.</param>
    public ConfigReload(
        ConfigTable<TOptions> table, string path, TOptions running, Func<ConfigFile, ConfigReading<TOptions>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _table = table;
        _path = path;
        _running = running;
        _read = read;
        _known = ConfigFile.Load(path);
        _accepted = read(_known).Options;
    }

    /// <summary>Looks at the file.</summary>
    /// <param name="isSettled">
    /// Whether its content counts at once. Else it has to be the same in two looks: an editor may have emptied it to
    /// write it anew.
    /// </param>
    /// <returns>
    /// What changed; <see langword="null"/>: nothing. It takes effect with <see cref="Apply"/>: a change of the log's
    /// level is told first.
    /// </returns>
    public ConfigChange? Look(bool isSettled = false)
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        ConfigFile file = ConfigFile.Load(_path);
        if (IsSame(file, _known))
        {
            _candidate = null;
            return null;
        }

        if (!isSettled && (_candidate is null || !IsSame(file, _candidate)))
        {
            _candidate = file;
            return null;
        }

        _candidate = null;
        _known = file;
        ConfigReading<TOptions> reading = _read(file);
        return reading.Errors is { Count: > 0 } errors
            ? new ConfigChange(errors, [], [])
            : Take(reading.Options);
    }

    /// <summary>Makes what the last look has found effective in the running options.</summary>
    public void Apply()
    {
        foreach ((ConfigSetting<TOptions> setting, string value) in _pending)
        {
            _ = setting.Write(_running, value);
        }

        _pending.Clear();
    }

    private static bool IsSame(ConfigFile one, ConfigFile other) =>
        one.Entries.SequenceEqual(other.Entries) && one.Errors.SequenceEqual(other.Errors);

    private ConfigChange? Take(TOptions next)
    {
        var applied = new List<string>();
        var waiting = new List<string>();
        foreach (ConfigSetting<TOptions> setting in _table.Settings)
        {
            string value = setting.Read(next);
            if (value == setting.Read(_accepted))
            {
                continue;
            }

            string sentence = $"'{setting.Key}': '{setting.Show(_accepted)}' is now '{setting.Show(next)}'";
            (setting.IsReloaded ? applied : waiting).Add(sentence);
            if (setting.IsReloaded)
            {
                _pending.Add((setting, value));
            }
        }

        _accepted = next;
        return applied.Count + waiting.Count == 0 ? null : new ConfigChange([], applied, waiting);
    }
}
