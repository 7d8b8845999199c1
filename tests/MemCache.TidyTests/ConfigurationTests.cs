using System.Text;
using MemCache.Core;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>The page of configuration keys is made from the tables that read the files.</summary>
public sealed class ConfigurationTests
{
    private const string Page = "docs/reference/configuration.md";

    [Fact]
    public void The_page_of_configuration_keys_is_up_to_date() => Assert.Null(Repository.Compare(Page, PageText()));

    [Fact]
    public void The_files_to_begin_with_are_up_to_date()
    {
        Assert.Null(Repository.Compare("deploy/config/mmc-meta.conf", FileText(MetaServiceOptions.PathVariable, MetaServiceOptions.Table)));
        Assert.Null(Repository.Compare("deploy/config/mmc-local.conf", FileText(LocalServiceOptions.PathVariable, LocalServiceOptions.Table)));
    }

    // Every key with its default, commented out: what is not changed follows the defaults of later versions.
    private static string FileText<TOptions>(string variable, ConfigTable<TOptions> table)
        where TOptions : class, new()
    {
        var defaults = new TOptions();
        var text = new StringBuilder();
        text.Append("# Configuration of MemCache; name this file with ").Append(variable).Append(".\n");
        text.Append("# Every key with its default: take the # away to change one.\n");
        foreach (ConfigSetting<TOptions> setting in table.Settings)
        {
            string value = setting.Read(defaults).Replace(" ", "", StringComparison.Ordinal).Replace("iB", "B", StringComparison.Ordinal);
            text.Append("\n# ").Append(setting.Meaning).Append(" (").Append(setting.Range).Append(")\n");
            text.Append(("#" + setting.Key + " = " + value).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string PageText()
    {
        var page = new StringBuilder();
        page.Append("# Configuration\n\n");
        page.Append("Files of `key = value` lines; `#` begins a comment. An unknown key is a warning; a value that is not legal\n");
        page.Append("ends the start with file, line, key, value and range. Generated from the tables in `MemCache.Core` by TidyTests.\n");
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
                .Append(setting.Range).Append(" | ").Append(setting.Meaning).Append(" |\n");
        }
    }
}
