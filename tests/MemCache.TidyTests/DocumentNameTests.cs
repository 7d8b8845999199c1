using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using MemCache.Cli;
using MemCache.Core;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>Names that the documents give to things of the programs: each of them exists.</summary>
public sealed partial class DocumentNameTests
{
    private const string MetricsPage = "docs/reference/metrics.md";
    private const string HttpPage = "docs/reference/http.md";

    // Names that begin like a metric and are packages, attributes or files.
    private static readonly string[] NotMetrics = ["memcache_hybrid", "memcache_engines"];

    private static readonly RootCommand Commands = Program.CreateRoot();

    private static readonly HashSet<string> Keys =
    [
        .. MetaServiceOptions.Table.Settings.Select(setting => setting.Key),
        .. LocalServiceOptions.Table.Settings.Select(setting => setting.Key),
    ];

    public static TheoryData<string> AllPages =>
        [.. Repository.Files("", "*.md").Where(path => !path.StartsWith("tests/", StringComparison.Ordinal))];

    public static TheoryData<string> PagesOfUsers =>
        [.. AllPages.Select(row => row.Data).Where(path => !path.StartsWith("docs/design/", StringComparison.Ordinal))];

    public static TheoryData<string> PagesAndCharts =>
    [
        .. AllPages.Select(row => row.Data),
        .. Repository.Files("deploy", "*.yaml"),
        .. Repository.Files("deploy", "*.conf"),
        .. Repository.Files("deploy", "*.tpl"),
    ];

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Anchors_of_links_are_headings(string page)
    {
        string directory = Path.GetDirectoryName(page) ?? "";
        foreach (Match link in AnchorPattern().Matches(Repository.Read(page)))
        {
            string path = link.Groups["path"].Value;
            string target = path.Length == 0
                ? page
                : Path.GetRelativePath(
                    Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, directory, path)));
            Assert.True(
                !target.EndsWith(".md", StringComparison.Ordinal)
                || Anchors(target).Contains(link.Groups["anchor"].Value),
                $"{page}: {target} has no heading for {link.Value}");
        }
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Lines_of_mmc_can_be_parsed(string page)
    {
        foreach (Match match in CommandPattern().Matches(Repository.Read(page)))
        {
            string line = match.Groups["line"].Value.Trim();
            string[] words = [.. CommandLineParser.SplitCommandLine(line)];
            if (words.Length == 0 || words.Contains("--python")
                || Commands.Subcommands.All(command => command.Name != words[0]))
            {
                // The script's own; that it exists is checked with the other tests of documents.
                continue;
            }

            Assert.All(Problems(words), problem => Assert.Fail($"{page}: `mmc {line}`: {problem}"));
        }
    }

    [Theory]
    [MemberData(nameof(PagesAndCharts))]
    public void Configuration_keys_exist(string page)
    {
        foreach (string name in KeyPattern().Matches(Repository.Read(page)).Select(match => match.Value.TrimEnd('.')))
        {
            bool isGroup = Keys.Any(key => key.StartsWith(name + ".", StringComparison.Ordinal));
            Assert.True(Keys.Contains(name) || isGroup, $"{page}: there is no key {name}");
        }
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Metrics_exist(string page)
    {
        string known = Repository.Read(MetricsPage);
        IEnumerable<string> names = MetricPattern().Matches(Repository.Read(page)).Select(match => match.Value);
        foreach (string name in names.Except(NotMetrics))
        {
            string family = HistogramPart().Replace(name, "");
            Match operation = OperationPattern().Match(name);
            bool isOperation = operation.Success && known.Contains(operation.Groups[1].Value, StringComparison.Ordinal);
            Assert.True(
                isOperation || name.EndsWith('_') || known.Contains(family, StringComparison.Ordinal),
                $"{page}: there is no metric {name}");
        }
    }

    // Pages of decisions name what was decided against as well.
    [Theory]
    [MemberData(nameof(PagesOfUsers))]
    public void Http_calls_exist(string page)
    {
        string known = Repository.Read(HttpPage);
        foreach (Match match in HttpPattern().Matches(Repository.Read(page)))
        {
            string path = match.Groups["path"].Value;
            Assert.True(
                Regex.IsMatch(known, $@"`(?:GET|PUT|POST|DELETE) {Regex.Escape(path)}[`?{{ ]"),
                $"{page}: there is no call {path}");
        }
    }

    // What stands for a value of the reader's is no value, and a line that ends with a name mentions it: names count.
    private static IEnumerable<string> Problems(string[] words)
    {
        bool isMention = words[^1].StartsWith("--", StringComparison.Ordinal)
            || words.All(word => NamePattern().IsMatch(word));
        bool isOpen = isMention || words.Any(word => PlaceholderPattern().IsMatch(word));
        return Commands.Parse(words).Errors.Select(error => error.Message).Where(message => !isOpen
            || message.StartsWith("Unrecognized", StringComparison.Ordinal)
            || (!isMention && message.StartsWith("Required", StringComparison.Ordinal)));
    }

    private static HashSet<string> Anchors(string page)
    {
        var anchors = new HashSet<string>();
        bool isCode = false;
        foreach (string line in Repository.ReadLines(page))
        {
            isCode ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!isCode && HeadingPattern().Match(line) is { Success: true } heading)
            {
                string text = heading.Groups[1].Value.Trim().ToLowerInvariant();
                anchors.Add(NotInAnchors().Replace(text, "").Replace(' ', '-'));
            }
        }

        return anchors;
    }

    [GeneratedRegex(@"\]\((?<path>[^)\s#:]*)#(?<anchor>[^)\s]+)\)")]
    private static partial Regex AnchorPattern();

    [GeneratedRegex(@"^#{1,6} (.+)$")]
    private static partial Regex HeadingPattern();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]")]
    private static partial Regex NotInAnchors();

    // In a code span or at the start of a line, up to a pipe, a redirection or a comment.
    [GeneratedRegex(@"(?:`|^ *)(?:\./)?mmc (?<line>[a-z][^`\n#|>&]*)", RegexOptions.Multiline)]
    private static partial Regex CommandPattern();

    [GeneratedRegex(@"[A-Z]{2,}|^[A-Z]$|…|\.\.\.|[\[\]<>]")]
    private static partial Regex PlaceholderPattern();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\bock\.mmc\.[a-z0-9_.]*[a-z0-9_]")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\bmemcache_[a-z0-9_]+")]
    private static partial Regex MetricPattern();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex("^memcache_([a-z_]+)_(?:requests|failures)_total$")]
    private static partial Regex OperationPattern();

    [GeneratedRegex(@"(?:\b(?:GET|PUT|POST|DELETE) |127\.0\.0\.1:8000|\$META)(?<path>/[a-z0-9_/.]*[a-z0-9_])")]
    private static partial Regex HttpPattern();
}
