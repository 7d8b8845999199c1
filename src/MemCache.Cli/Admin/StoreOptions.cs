using System.CommandLine;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>The options of every command that joins a pool as a client without memory.</summary>
internal static class StoreOptions
{
    private const int SecondsDefault = 10;

    private static readonly Option<string?> Config = new("--config")
    {
        Description =
            $"mmc-local.conf with addresses and TLS [default: {LocalServiceOptions.PathVariable}, or all defaults]",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Meta = new("--meta-url")
    {
        Description = "meta_service_url, in place of the file's",
        HelpName = "URL",
    };

    private static readonly Option<string?> ConfigStore = new("--config-store-url")
    {
        Description = "config_store_url, in place of the file's",
        HelpName = "URL",
    };

    private static readonly Option<int> Seconds =
        CliOptions.Count("--timeout", "Seconds that a call may take", SecondsDefault, 1, 600);

    /// <summary>Gives a command these options and an action that gets a store.</summary>
    public static Command With(Command command, Func<ObjectStore, ParseResult, int> run)
    {
        foreach (Option option in (Option[])[Config, Meta, ConfigStore, Seconds, AdminOptions.Json])
        {
            command.Options.Add(option);
        }

        command.SetAction((arguments, cancellation) => CommandErrors.ReportAsync(
            () => Task.Run(
                () =>
                {
                    using ObjectStore store = Open(arguments);
                    return run(store, arguments);
                },
                cancellation),
            cancellation));
        return command;
    }

    private static ObjectStore Open(ParseResult arguments)
    {
        string? path =
            arguments.GetValue(Config) ?? Environment.GetEnvironmentVariable(LocalServiceOptions.PathVariable);
        LocalServiceOptions options = LocalServiceOptions.Load(path, out _);
        options.MetaServiceUrl = arguments.GetValue(Meta) ?? options.MetaServiceUrl;
        options.ConfigStoreUrl = arguments.GetValue(ConfigStore) ?? options.ConfigStoreUrl;
        options.DramSizeBytes = 0;
        options.HbmSizeBytes = 0;
        options.ClientTimeoutSeconds = arguments.GetValue(Seconds);
        MmcStatus status = ObjectStore.Open(options, new StderrLogger(), out ObjectStore? store, out string error);
        return status == MmcStatus.Ok ? store! : throw new AdminException($"{status} ({(int)status}): {error}");
    }
}
