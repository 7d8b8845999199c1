using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MemCache.Core;

namespace MemCache.Native;

/// <summary>
/// A C struct of configuration, described by its fields in order: arrays of characters and 32-bit numbers, and a
/// pointer to further lines at its end. Both directions go through the configuration table, so names, ranges and
/// defaults are said once.
/// </summary>
/// <typeparam name="TOptions">The options.</typeparam>
/// <param name="table">The keys.</param>
internal sealed unsafe class ConfigStruct<TOptions>(ConfigTable<TOptions> table)
    where TOptions : class, new()
{
    private const int NumberBytes = sizeof(int);
    private const int PathBytes = 256;

    // Key, offset, and size of a text or 0 for a number. Arrays are multiples of four bytes, so nothing is padded
    // before the pointer.
    private readonly List<(string Key, int Offset, int TextBytes)> _fields = [];
    private int _sizeBytes;

    /// <summary>Size of the whole C struct.</summary>
    public int SizeBytes => SettingsOffset + sizeof(byte*);

    private int SettingsOffset => (_sizeBytes + sizeof(byte*) - 1) / sizeof(byte*) * sizeof(byte*);

    /// <summary>Adds a text of a fixed number of bytes.</summary>
    public ConfigStruct<TOptions> Text(string key, int sizeBytes = PathBytes) => Add(key, sizeBytes, sizeBytes);

    /// <summary>Adds a number; for a switch 0 is false.</summary>
    public ConfigStruct<TOptions> Number(string key) => Add(key, NumberBytes, 0);

    /// <summary>Adds an <c>mmc_tls_config</c>.</summary>
    public ConfigStruct<TOptions> Tls(string prefix, bool hasPackage = true)
    {
        Number($"{prefix}.enable").Text($"{prefix}.ca.path").Text($"{prefix}.ca.crl.path").Text($"{prefix}.cert.path")
            .Text($"{prefix}.key.path").Text($"{prefix}.key.pass.path");
        if (hasPackage)
        {
            Text($"{prefix}.package.path");
        }
        else
        {
            _sizeBytes += PathBytes;
        }

        return Text($"{prefix}.decrypter.path");
    }

    /// <summary>Fills a C struct with the defaults.</summary>
    public void WriteDefaults(byte* target)
    {
        // SAFETY: a struct of the caller's, of this size.
        new Span<byte>(target, SizeBytes).Clear();
        var defaults = new TOptions();
        Dictionary<string, string> values = table.Settings.ToDictionary(
            setting => setting.Key, setting => setting.Read(defaults));
        foreach ((string key, int offset, int textBytes) in _fields)
        {
            string value = values[key];
            if (textBytes > 0)
            {
                Encoding.UTF8.GetBytes(value, new Span<byte>(target + offset, textBytes - 1));
            }
            else
            {
                *(int*)(target + offset) = bool.TryParse(value, out bool flag)
                    ? (flag ? 1 : 0)
                    : int.Parse(value, CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>What a C struct says, as keys and values.</summary>
    public IReadOnlyList<ConfigEntry> Read(byte* source)
    {
        var entries = new List<ConfigEntry>();
        var defaults = new TOptions();
        foreach ((string key, int offset, int textBytes) in _fields)
        {
            string value = textBytes > 0
                ? ReadText(source + offset, textBytes)
                : ReadNumber(key, *(int*)(source + offset), defaults);
            if (value.Length > 0)
            {
                entries.Add(new ConfigEntry(key, value, 0));
            }
        }

        byte* settings = *(byte**)(source + SettingsOffset);
        // SAFETY: a C string of the caller's.
        string lines = Marshal.PtrToStringUTF8((nint)settings) ?? "";
        ConfigFile file = ConfigFile.Parse("settings", lines);
        return file.Errors.Count == 0
            ? [.. entries, .. file.Entries]
            : throw new OptionsException(string.Join('\n', file.Errors));
    }

    /// <summary>Applies what <see cref="Read"/> gave.</summary>
    /// <returns>A sentence for each key that does not exist.</returns>
    /// <exception cref="OptionsException">A value is not legal.</exception>
    public IReadOnlyList<string> Apply(IReadOnlyList<ConfigEntry> entries, TOptions options)
    {
        var warnings = new List<string>();
        var problems = new List<string>();
        foreach (ConfigEntry entry in entries)
        {
            ConfigSetting<TOptions>? setting = table.Find(entry.Key);
            if (setting is null)
            {
                warnings.Add($"unknown key '{entry.Key}' is ignored");
            }
            else if (!setting.Write(options, entry.Value))
            {
                string value = setting.Mask(entry.Value);
                problems.Add($"'{entry.Key}' = '{value}' is not legal; legal is {setting.Range}");
            }
        }

        return problems.Count == 0 ? warnings : throw new OptionsException(string.Join('\n', problems));
    }

    private static string ReadText(byte* text, int sizeBytes)
    {
        var bytes = new ReadOnlySpan<byte>(text, sizeBytes);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private string ReadNumber(string key, int number, TOptions defaults)
    {
        ConfigSetting<TOptions> setting = table.Settings.First(candidate => candidate.Key == key);
        bool isSwitch = bool.TryParse(setting.Read(defaults), out _);
        return isSwitch ? (number != 0 ? "true" : "false") : number.ToString(CultureInfo.InvariantCulture);
    }

    private ConfigStruct<TOptions> Add(string key, int sizeBytes, int textBytes)
    {
        _fields.Add((key, _sizeBytes, textBytes));
        _sizeBytes += sizeBytes;
        return this;
    }
}
