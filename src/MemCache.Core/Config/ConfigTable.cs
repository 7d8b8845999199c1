using System.Globalization;

namespace MemCache.Core;

/// <summary>
/// All configuration keys of one program: reads files into options and is the source of the reference page.
/// </summary>
/// <typeparam name="TOptions">The options.</typeparam>
/// <param name="check">
/// Adds a sentence for each thing that no single key can tell. A sentence names the keys that it is about in quotes,
/// <c>'ock.mmc…'</c>, the one at fault first: so its place is found.
/// </param>
public sealed class ConfigTable<TOptions>(Action<TOptions, List<string>>? check = null)
    where TOptions : class, new()
{
    private readonly List<ConfigSetting<TOptions>> _settings = [];
    private readonly List<ConfigFamily> _families = [];
    private readonly Dictionary<string, ConfigSetting<TOptions>> _byKey = new(StringComparer.Ordinal);

    /// <summary>All settings in the order of the reference page.</summary>
    public IReadOnlyList<ConfigSetting<TOptions>> Settings => _settings;

    /// <summary>Keys that are accepted by what they begin with.</summary>
    public IReadOnlyList<ConfigFamily> Families => _families;

    internal Action<TOptions, List<string>>? Check => check;

    /// <summary>
    /// Reads a configuration: each of file, environment and command line counts more than the one before it.
    /// </summary>
    /// <param name="file">The file, if there is one.</param>
    /// <param name="environment">Value of an environment variable; a variable that is empty counts as not set.</param>
    /// <param name="commandLine">Keys and values; an unknown key is an error there.</param>
    /// <returns>The options, every problem at once, and where each value comes from.</returns>
    public ConfigReading<TOptions> Read(
        ConfigFile? file,
        Func<string, string?>? environment = null,
        IEnumerable<(string Key, string Value)>? commandLine = null)
    {
        var reading = new ConfigReading<TOptions>(this, new TOptions());
        if (file is not null)
        {
            reading.AddFile(file);
        }

        reading.AddEnvironment(environment ?? (static _ => null));
        reading.AddCommandLine(commandLine ?? []);
        reading.Check();
        return reading;
    }

    /// <summary>Applies a file to <paramref name="options"/>; keys are not checked against each other.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Changed for every legal value, also when there are errors.</param>
    /// <param name="warnings">Unknown keys and keys given twice.</param>
    /// <returns>
    /// A sentence for each line that can't be used: file, line, key, value, legal range. Empty: all is well.
    /// </returns>
    public IReadOnlyList<string> Apply(ConfigFile file, TOptions options, out IReadOnlyList<string> warnings)
    {
        var reading = new ConfigReading<TOptions>(this, options);
        reading.AddFile(file);
        warnings = reading.Warnings;
        return reading.Errors;
    }

    /// <summary>The setting of a key; <see langword="null"/>: there is none.</summary>
    public ConfigSetting<TOptions>? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Sets one key from text. <see langword="false"/>: unknown key or illegal value.</summary>
    public bool TrySet(TOptions options, string key, string value) => Find(key)?.Write(options, value) ?? false;

    /// <summary>Adds a key of free form. Text with control characters is legal for no key.</summary>
    public ConfigTable<TOptions> Add(
        string key, string range, string meaning, Func<TOptions, string> read, Func<TOptions, string, bool> write)
    {
        // The base library's parsers overlook zeros at the end.
        var setting = new ConfigSetting<TOptions>(
            key, range, meaning, read, (o, text) => !text.Any(IsUnreadable) && write(o, text));
        _settings.Add(setting);
        _byKey.Add(key, setting);
        return this;
    }

    /// <summary>Accepts all keys that begin with <paramref name="prefix"/>, without effect.</summary>
    public ConfigTable<TOptions> Family(string prefix, string meaning)
    {
        _families.Add(new ConfigFamily(prefix, meaning));
        return this;
    }

    /// <summary>Says of the key added last that a change in the file takes effect while the program runs.</summary>
    public ConfigTable<TOptions> Reloaded() => ChangeLast(setting => setting with { IsReloaded = true });

    /// <summary>Says of the key added last that its value is a secret: no message, page or answer shows it.</summary>
    public ConfigTable<TOptions> Secret() => ChangeLast(setting => setting with { IsSecret = true });

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
            o => ByteSize.FormatExact(read(o)), (o, text) =>
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

    /// <summary>
    /// Adds an address of one of <paramref name="schemes"/> with a port of <paramref name="portMin"/> .. 65535.
    /// </summary>
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

    // The second one stands for bytes that were not UTF-8.
    private static bool IsUnreadable(char c) => char.IsControl(c) || c == '\uFFFD';

    private ConfigTable<TOptions> ChangeLast(Func<ConfigSetting<TOptions>, ConfigSetting<TOptions>> change)
    {
        ConfigSetting<TOptions> setting = change(_settings[^1]);
        _settings[^1] = setting;
        _byKey[setting.Key] = setting;
        return this;
    }
}
