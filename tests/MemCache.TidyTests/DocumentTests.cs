using System.Text.RegularExpressions;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>What the documents say has to be there.</summary>
public sealed partial class DocumentTests
{
    private const int ReadmeLinesMax = 40;

    private static readonly string[] Pages =
        [.. Repository.Files("", "*.md").Where(path => !path.StartsWith("tests/MemCache.FuzzTests/", StringComparison.Ordinal))];

    public static TheoryData<string> AllPages => [.. Pages];

    public static TheoryData<string> ProductProjects => [.. Repository.Projects("src")];

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void Every_product_project_has_a_short_readme(string project)
    {
        string path = $"src/MemCache.{project}/README.md";
        Assert.True(File.Exists(Path.Combine(Repository.Root, path)), $"{path} is missing");
        Assert.InRange(Repository.ReadLines(path).Length, 3, ReadmeLinesMax);
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Links_lead_somewhere(string page)
    {
        string directory = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        Assert.All(Links(page), link => Assert.True(
            Path.Exists(Path.Combine(directory, link)), $"{page}: the link to {link} leads nowhere"));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Commands_that_a_page_names_exist(string page)
    {
        string script = Repository.Read("mmc");
        string program = string.Concat(Repository.Files("src/MemCache.Cli", "*.cs").Select(Repository.Read));
        foreach (Match match in CommandPattern().Matches(Repository.Read(page)))
        {
            string command = match.Groups["command"].Value;
            bool exists = ScriptCommand(command).IsMatch(script)
                || program.Contains($"new Command(\"{command}\"", StringComparison.Ordinal);
            Assert.True(exists, $"{page}: there is no command '{match.Value}'");
            foreach (string option in OptionPattern().Matches(match.Groups["rest"].Value).Select(found => found.Value))
            {
                Assert.True(
                    program.Contains($"\"{option}\"", StringComparison.Ordinal)
                    || script.Contains(option, StringComparison.Ordinal),
                    $"{page}: '{match.Value}' has no option {option}");
            }
        }
    }

    [Fact]
    public void Design_pages_have_a_title_and_a_date() => Assert.All(
        Repository.Files("docs/design", "*.md"),
        page =>
        {
            string text = Repository.Read(page);
            Assert.StartsWith("# ", text, StringComparison.Ordinal);
            Assert.Matches(DatePattern(), text);
        });

    private static IEnumerable<string> Links(string page) => LinkPattern().Matches(Repository.Read(page))
        .Select(match => match.Groups[1].Value)
        .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal))
        .Select(link => link.Split('#')[0])
        .Where(link => link.Length > 0);

    private static Regex ScriptCommand(string command) =>
        new($@"^ +([a-z| -]+\| )?{command}( \| [a-z| -]+)?\)", RegexOptions.Multiline);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();

    // `./mmc demo --json` or `mmc bench`, in a code span or at the start of a line of a code block.
    [GeneratedRegex(@"(?:`|^)(?:\./)?mmc (?<command>[a-z]+)(?<rest>[^`\n#|]*)", RegexOptions.Multiline)]
    private static partial Regex CommandPattern();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex OptionPattern();

    [GeneratedRegex(@"\b20\d\d-\d\d-\d\d\b")]
    private static partial Regex DatePattern();
}
