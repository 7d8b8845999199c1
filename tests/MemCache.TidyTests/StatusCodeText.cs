using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemCache.Core;

namespace MemCache.TidyTests;

/// <summary>The status codes as other languages write them: one source, so that none can differ.</summary>
internal static partial class StatusCodeText
{
    private const string Origin = "Generated from MmcStatus by TidyTests (MMC_TEST_REWRITE=1 ./mmc test TidyTests): do not edit.";

    /// <summary>The generated files: path relative to the root, and text.</summary>
    public static IEnumerable<(string Path, string Text)> Files(
        IEnumerable<MmcStatus> statuses, IReadOnlyDictionary<string, string> summaries)
    {
        var entries = statuses.Select(status => new Entry(
            (int)status, "MMC_" + UpperSnake(status.ToString()), summaries[status.ToString()])).ToList();
        yield return ("bindings/c/include/mmc_status.h", Header(entries));
        yield return ("src/MemCache.Native/Gate/status_text.inc", Cases(entries));
        yield return ("bindings/python/src/memcache_hybrid/_status.py", Python(entries));
    }

    private static string Header(List<Entry> entries)
    {
        var text = new StringBuilder($"/* {Origin} */\n#ifndef MMC_STATUS_H\n#define MMC_STATUS_H\n\n");
        text.Append("/* Outcome of every operation. A number is never reused and never changes its meaning. */\ntypedef enum mmc_status {\n");
        foreach (Entry entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"    /* {entry.Meaning} */\n    {entry.Name} = {entry.Number},\n");
        }

        return text.Append("} mmc_status;\n\n#endif\n").ToString();
    }

    private static string Cases(List<Entry> entries)
    {
        var text = new StringBuilder($"/* {Origin} */\n");
        foreach (Entry entry in entries)
        {
            string meaning = entry.Meaning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"case {entry.Name}:\n    return \"{meaning}\";\n");
        }

        return text.ToString();
    }

    private static string Python(List<Entry> entries)
    {
        var text = new StringBuilder($"# {Origin}\n\"\"\"Outcome of every operation, the same numbers in every language.\"\"\"\n\n");
        foreach (Entry entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"#: {entry.Meaning}\n{entry.Name} = {entry.Number}\n");
        }

        text.Append("\nNAMES = {\n");
        foreach (Entry entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {entry.Number}: \"{entry.Name}\",\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string UpperSnake(string name) => WordBorder().Replace(name, "_").ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordBorder();

    private sealed record Entry(int Number, string Name, string Meaning);
}
