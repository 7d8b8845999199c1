using System.Globalization;

namespace MemCache.Core;

/// <summary>All configuration keys of one program: reads files into options and is the source of the reference page.</summary>
/// <typeparam name="TOptions">The options.</typeparam>
public sealed class ConfigTable<TOptions>
    where TOptions : class, new()
{
    private readonly List<ConfigSetting<TOptions>> _settings = [];
    private readonly Dictionary<string, ConfigSetting<TOptions>> _byKey = new(StringComparer.Ordinal);

    /// <summary>All settings in the order of the reference page.</summary>
    public IReadOnlyList<ConfigSetting<TOptions>> Settings => _settings;

    /// <summary>Applies a file to <paramref name="options"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Changed for every legal value, also when there are errors.</param>
    /// <param name="warnings">Unknown keys and keys given twice.</param>
    /// <returns>A sentence for each line that can't be used: file, line, key, value, legal range. Empty: all is well.</returns>
    public IReadOnlyList<string> Apply(ConfigFile file, TOptions options, out IReadOnlyList<string> warnings)
    {
        var errors = new List<string>(file.Errors);
        var doubts = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ConfigEntry entry in file.Entries)
        {
            string place = $"{file.Path}:{entry.LineNumber}";
            if (!_byKey.TryGetValue(entry.Key, out ConfigSetting<TOptions>? setting))
            {
                doubts.Add($"{place}: unknown key '{entry.Key}' is ignored");
                continue;
            }

            if (!seen.Add(entry.Key))
            {
                doubts.Add($"{place}: '{entry.Key}' is given again; the last value counts");
            }

            if (!setting.Write(options, entry.Value))
            {
                errors.Add($"{place}: '{entry.Key}' = '{entry.Value}' is not legal; legal is {setting.Range}");
            }
        }

        warnings = doubts;
        return errors;
    }

    /// <summary>Sets one key from text. <see langword="false"/>: unknown key or illegal value.</summary>
    public bool TrySet(TOptions options, string key, string value) =>
        _byKey.TryGetValue(key, out ConfigSetting<TOptions>? setting) && setting.Write(options, value);

    /// <summary>Adds a key of free form.</summary>
    public ConfigTable<TOptions> Add(
        string key, string range, string meaning, Func<TOptions, string> read, Func<TOptions, string, bool> write)
    {
        var setting = new ConfigSetting<TOptions>(key, range, meaning, read, write);
        _settings.Add(setting);
        _byKey.Add(key, setting);
        return this;
    }

    /// <summary>Adds a whole number in a range.</summary>
    public ConfigTable<TOptions> Int(
        string key, int min, int max, string meaning, Func<TOptions, int> read, Action<TOptions, int> write) =>
        Add(key, $"{min} .. {max}", meaning, o => read(o).ToString(CultureInfo.InvariantCulture), (o, text) =>
        {
            bool legal = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= min && value <= max;
            if (legal)
            {
                write(o, value);
            }

            return legal;
        });

    /// <summary>Adds a size in bytes.</summary>
    public ConfigTable<TOptions> Size(
        string key, long maxBytes, string meaning, Func<TOptions, long> read, Action<TOptions, long> write) =>
        Add(key, $"0 .. {ByteSize.Format(maxBytes)}, such as 134217728, 2048KB, 200mb, 2.5G", meaning,
            o => ByteSize.Format(read(o)), (o, text) =>
            {
                bool legal = ByteSize.TryParse(text, out long value) && value <= maxBytes;
                if (legal)
                {
                    write(o, value);
                }

                return legal;
            });

    /// <summary>Adds a switch.</summary>
    public ConfigTable<TOptions> Bool(
        string key, string meaning, Func<TOptions, bool> read, Action<TOptions, bool> write) =>
        Add(key, "true or false", meaning, o => read(o) ? "true" : "false", (o, text) =>
        {
            bool legal = bool.TryParse(text, out bool value);
            if (legal)
            {
                write(o, value);
            }

            return legal;
        });

    /// <summary>Adds a choice between words.</summary>
    public ConfigTable<TOptions> Choice(
        string key, IReadOnlyList<string> words, string meaning, Func<TOptions, string> read,
        Action<TOptions, string> write) =>
        Add(key, string.Join(", ", words), meaning, read, (o, text) =>
        {
            string? word = words.FirstOrDefault(w => string.Equals(w, text, StringComparison.OrdinalIgnoreCase));
            if (word is not null)
            {
                write(o, word);
            }

            return word is not null;
        });

    /// <summary>Adds a text of bounded length.</summary>
    public ConfigTable<TOptions> Text(
        string key, int lengthMax, string meaning, Func<TOptions, string> read, Action<TOptions, string> write) =>
        Add(key, $"text of at most {lengthMax} characters", meaning, read, (o, text) =>
        {
            bool legal = text.Length <= lengthMax;
            if (legal)
            {
                write(o, text);
            }

            return legal;
        });

    /// <summary>Adds an address of one of <paramref name="schemes"/> with a port of <paramref name="portMin"/> .. 65535.</summary>
    public ConfigTable<TOptions> Url(
        string key, IReadOnlyList<string> schemes, int portMin, string meaning, Func<TOptions, string> read,
        Action<TOptions, string> write)
    {
        string range = string.Join(" or ", schemes.Select(s => s == "unix" ? "unix:///path" : $"{s}://host:port"))
            + $", port {portMin} .. 65535";
        return Add(key, range, meaning, read, (o, text) =>
        {
            bool legal = ServiceUrl.TryParse(text, out ServiceUrl? url) && schemes.Contains(url.Scheme)
                && (url.Scheme == "unix" || url.Port >= portMin);
            if (legal)
            {
                write(o, text);
            }

            return legal;
        });
    }
}
