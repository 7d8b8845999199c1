using System.Text;
using MemCache.Core;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>The page of configuration keys is made from the tables that read the files.</summary>
public sealed class ConfigurationTests
{
    private const string Page = "docs/reference/configuration.md";

    // What an operator edits first: these lines stand in the files without a # in front.
    private static readonly HashSet<string> MainKeys = new(StringComparer.Ordinal)
    {
        "ock.mmc.meta_service_url",
        "ock.mmc.meta_service.config_store_url",
        "ock.mmc.meta_service.metrics_url",
        "ock.mmc.meta.lease_ttl_ms",
        "ock.mmc.evict_threshold_high",
        "ock.mmc.evict_threshold_low",
        "ock.mmc.log_level",
        "ock.mmc.log_path",
        "ock.mmc.log_rotation_file_size",
        "ock.mmc.log_rotation_file_count",
        "ock.mmc.log_output_target",
        "ock.mmc.tls.enable",
        "ock.mmc.config_store.tls.enable",
        "ock.mmc.local_service.config_store_url",
        "ock.mmc.local_service.world_size",
        "ock.mmc.local_service.protocol",
        "ock.mmc.local_service.hcom_url",
        "ock.mmc.local_service.dram.size",
        "ock.mmc.local_service.max.dram.size",
        "ock.mmc.local_service.hcom.tls.enable",
        "ock.mmc.client.retry_milliseconds",
        "ock.mmc.client.timeout.seconds",
    };

    [Fact]
    public void The_page_of_configuration_keys_is_up_to_date() => Assert.Null(Repository.Compare(Page, PageText()));

    [Fact]
    public void The_files_to_begin_with_are_up_to_date()
    {
        Assert.Null(Repository.Compare("deploy/config/mmc-meta.conf", FileText(MetaServiceOptions.PathVariable, MetaServiceOptions.Table)));
        Assert.Null(Repository.Compare("deploy/config/mmc-local.conf", FileText(LocalServiceOptions.PathVariable, LocalServiceOptions.Table)));
    }

    [Fact]
    public void Every_key_has_a_variable_of_its_own()
    {
        string[] keys =
        [
            .. MetaServiceOptions.Table.Settings.Select(setting => setting.Key)
                .Union(LocalServiceOptions.Table.Settings.Select(setting => setting.Key)),
        ];
        string[] taken = [MetaServiceOptions.PathVariable, LocalServiceOptions.PathVariable, "MMC_META_SERVICE_PROGRAM"];
        string[] variables = [.. keys.Select(ConfigVariable.NameOf), .. taken];
        Assert.Equal(variables.Length, variables.Distinct().Count());
    }

    [Fact]
    public void What_is_reloaded_is_marked_and_not_only_said()
    {
        // The word alone would promise what the reload does not do.
        IEnumerable<string> meanings = MetaServiceOptions.Table.Settings.Select(setting => setting.Meaning)
            .Concat(LocalServiceOptions.Table.Settings.Select(setting => setting.Meaning));
        Assert.All(meanings, meaning => Assert.DoesNotContain("reloaded", meaning, StringComparison.Ordinal));
    }

    // The main keys stand there with their defaults, to be edited in place; what is commented out follows the defaults
    // of later versions.
    private static string FileText<TOptions>(string variable, ConfigTable<TOptions> table)
        where TOptions : class, new()
    {
        var defaults = new TOptions();
        var text = new StringBuilder();
        text.Append("# Configuration of MemCache; name this file with ").Append(variable).Append(".\n");
        text.Append("# Every key with its default. A line with # in front has no effect: take it away to change the key.\n");
        text.Append("# `mmc config check FILE` says what is wrong, `mmc config show FILE` which values count.\n");
        foreach (ConfigSetting<TOptions> setting in table.Settings)
        {
            string mark = MainKeys.Contains(setting.Key) ? "" : "#";
            text.Append('\n');
            AppendComment(text, $"{setting.Meaning}{ReloadNote(setting, "; reloaded")} ({setting.Range})");
            text.Append($"{mark}{setting.Key} = {setting.Read(defaults)}".TrimEnd()).Append('\n');
        }

        foreach (ConfigFamily family in table.Families)
        {
            text.Append('\n');
            AppendComment(text, $"{family.Prefix}*: {family.Meaning}");
        }

        return text.ToString();
    }

    private static void AppendComment(StringBuilder text, string comment)
    {
        const int Width = 118;
        while (comment.Length > Width)
        {
            int blank = comment.LastIndexOf(' ', Width);
            text.Append("# ").Append(comment[..blank]).Append('\n');
            comment = comment[(blank + 1)..];
        }

        text.Append("# ").Append(comment).Append('\n');
    }

    private static string ReloadNote<TOptions>(ConfigSetting<TOptions> setting, string note) =>
        setting.IsReloaded ? note : "";

    private static string PageText()
    {
        var page = new StringBuilder();
        page.Append("""
            # Configuration

            Files of `key = value` lines. `#` at the beginning of a line, or after a blank, begins a comment. Both programs read a file of
            their own; a key that both know means the same in both. Generated from the tables in `MemCache.Core` by TidyTests.

            * **Order**: command line (`--set`, MetaService only) over environment over file over default.
            * **Environment**: every key has a variable: `MMC_`, then the key without `ock.mmc.`, in capitals, `_` for every dot.
              `MMC_META_LEASE_TTL_MS=5000` sets `ock.mmc.meta.lease_ttl_ms`. An empty variable counts as not set. It counts where a file
              does: a store that is configured by code (`setup(LocalConfig)`, `mmc_setup`, `LocalServiceOptions`) takes what the code says.
            * **Mistakes**: an unknown key is a warning. What is not legal ends the start, with all problems at once, each with file, line, key,
              value and legal range. `mmc config check FILE` says the same without a start; `mmc config show FILE` shows the
              values that count and where each comes from.
            * **Sizes**: `134217728`, `2048KB`, `200mb`, `2.5G`, `1 TiB`; units are powers of 1,024.
            * **Addresses**: `tcp://192.0.2.7:5000`, `tcp://[2001:db8::7]:5000`, `tcp://meta.example:5000`, `unix:///run/meta.sock`.
            * **Reloaded** keys change while the program runs, within some seconds after the file did
              (`ock.mmc.dynamic_config.enable`), or at once on SIGHUP in the MetaService. A file with a mistake changes nothing.


            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
        Append(page, "mmc-meta.conf", MetaServiceOptions.PathVariable, MetaServiceOptions.Table);
        Append(page, "mmc-local.conf", LocalServiceOptions.PathVariable, LocalServiceOptions.Table);
        return page.ToString();
    }

    private static void Append<TOptions>(StringBuilder page, string file, string variable, ConfigTable<TOptions> table)
        where TOptions : class, new()
    {
        var defaults = new TOptions();
        page.Append("\n## ").Append(file).Append("\n\nNamed by `").Append(variable).Append("`.\n\n");
        page.Append("| key | default | legal | meaning |\n| --- | --- | --- | --- |\n");
        foreach (ConfigSetting<TOptions> setting in table.Settings)
        {
            string value = setting.Read(defaults);
            page.Append("| ").Append(setting.Key).Append(" | ").Append(value.Length == 0 ? "" : $"`{value}`").Append(" | ")
                .Append(setting.Range).Append(" | ").Append(setting.Meaning).Append(ReloadNote(setting, "; **reloaded**"))
                .Append(" |\n");
        }

        foreach (ConfigFamily family in table.Families)
        {
            page.Append("| ").Append(family.Prefix).Append("* |  | any | ").Append(family.Meaning).Append(" |\n");
        }
    }
}
