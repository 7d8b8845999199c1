using System.Text;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>What the command line asks for.</summary>
internal sealed class CommandLine
{
    private static readonly (string Option, string Key)[] Shortcuts =
    [
        ("--meta-service-url", "ock.mmc.meta_service_url"),
        ("--config-store-url", "ock.mmc.meta_service.config_store_url"),
        ("--metrics-url", "ock.mmc.meta_service.metrics_url"),
        ("--log-output-target", "ock.mmc.log_output_target"),
        ("--log-level", "ock.mmc.log_level"),
        ("--log-path", "ock.mmc.log_path"),
    ];

    private readonly List<(string Key, string Value)> _settings = [];

    private CommandLine()
    {
    }

    /// <summary>Configuration file, or <see langword="null"/>.</summary>
    public string? ConfigPath { get; private set; }

    /// <summary>Print the help and end.</summary>
    public bool IsHelpWanted { get; private set; }

    /// <summary>Print the version and end.</summary>
    public bool IsVersionWanted { get; private set; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="OptionsException">An argument is unknown or has no value.</exception>
    public static CommandLine Parse(ReadOnlySpan<string> arguments)
    {
        var line = new CommandLine();
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            switch (argument)
            {
                case "--help" or "-h":
                    line.IsHelpWanted = true;
                    break;
                case "--version":
                    line.IsVersionWanted = true;
                    break;
                default:
                    int equals = argument.IndexOf('=', StringComparison.Ordinal);
                    bool isInline = argument.StartsWith("--", StringComparison.Ordinal) && equals > 0;
                    string name = isInline ? argument[..equals] : argument;
                    string? value = isInline ? argument[(equals + 1)..]
                        : i + 1 < arguments.Length ? arguments[++i] : null;
                    line.Take(name, value);
                    break;
            }
        }

        return line;
    }

    /// <summary>The file that is read; empty: none.</summary>
    public string EffectiveConfigPath =>
        ConfigPath ?? Environment.GetEnvironmentVariable(MetaServiceOptions.PathVariable) ?? "";

    /// <summary>Reads the configuration file, the environment over it, and this command line over both.</summary>
    /// <exception cref="OptionsException">Something is not legal.</exception>
    public MetaServiceOptions Load(out IReadOnlyList<string> warnings)
    {
        string path = EffectiveConfigPath;
        return Read(path.Length == 0 ? null : ConfigFile.Load(path)).Require(out warnings);
    }

    /// <summary>The same with the file's content given.</summary>
    public ConfigReading<MetaServiceOptions> Read(ConfigFile? file) =>
        MetaServiceOptions.Table.Read(file, Environment.GetEnvironmentVariable, _settings);

    /// <summary>What <c>--help</c> prints.</summary>
    public static string HelpText()
    {
        var text = new StringBuilder();
        text.Append("""
            mmc_meta_service: the MetaService of MemCache. It knows where every object is; no object byte passes through it.

            usage: mmc_meta_service [--config FILE] [--set KEY=VALUE ...] [options]

              --config FILE               configuration; else what MMC_META_CONFIG_PATH names; else the defaults
              --set KEY=VALUE             sets one configuration key, over the file and the environment
              --version, --help

            shortcuts for --set:

            """);
        foreach ((string option, string key) in Shortcuts)
        {
            text.Append("  ").Append((option + " VALUE").PadRight(28)).Append(key).Append('\n');
        }

        text.Append("\nkeys:\n");
        foreach (ConfigSetting<MetaServiceOptions> setting in MetaServiceOptions.Table.Settings)
        {
            text.Append("  ").Append(setting.Key).Append(" = ").Append(setting.Read(new MetaServiceOptions()))
                .Append("\n      ").Append(setting.Meaning).Append(" (").Append(setting.Range).Append(")\n");
        }

        return text.ToString();
    }

    private void Take(string name, string? value)
    {
        if (value is null)
        {
            throw new OptionsException($"command line: '{name}' needs a value, or is unknown; see --help");
        }

        string? key = Array.Find(Shortcuts, shortcut => shortcut.Option == name).Key;
        int equals = value.IndexOf('=', StringComparison.Ordinal);
        if (name == "--config")
        {
            ConfigPath = value;
        }
        else if (key is not null)
        {
            _settings.Add((key, value));
        }
        else if (name == "--set" && equals > 0)
        {
            _settings.Add((value[..equals].Trim(), value[(equals + 1)..].Trim()));
        }
        else
        {
            throw new OptionsException($"command line: unknown option '{name}'; see --help");
        }
    }
}
