using System.Text.RegularExpressions;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>What no analyzer checks in the source.</summary>
public sealed partial class SourceTests
{
    private const int ColumnsMax = 120;

    // Projects that have longer lines, and how many at most. These numbers only go down.
    private static readonly Dictionary<string, int> LongLinesMax = new()
    {
        ["Core"] = 95,
        ["Fabric"] = 125,
        ["Interop"] = 50,
        ["LocalService"] = 90,
        ["Meta"] = 125,
        ["MetaService"] = 100,
        ["Protocol"] = 55,
    };

    // A project's log events have a range of a thousand numbers of their own. A number is never given twice.
    private static readonly Dictionary<string, int> FirstLogEvent = new()
    {
        ["Core"] = 1000,
        ["Protocol"] = 2000,
        ["Fabric"] = 3000,
        ["LocalService"] = 4000,
        ["MetaService"] = 5000,
        ["Cli"] = 6000,
        ["Native"] = 7000,
        ["DistributedCache"] = 8000,
    };

    public static TheoryData<string> Projects => [.. Repository.Projects("src")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Lines_have_at_most_120_columns(string project)
    {
        string[] found =
        [
            .. Repository.Files($"src/MemCache.{project}", "*.cs").SelectMany(path => Repository.ReadLines(path)
                .Select((line, index) => (line, where: $"{path}:{index + 1}"))
                .Where(found => found.line.Length > ColumnsMax)
                .Select(found => found.where)),
        ];
        int max = LongLinesMax.GetValueOrDefault(project);
        Assert.True(found.Length <= max, $"{found.Length} lines are too long, {max} are known: {string.Join(' ', found)}");
    }

    [Fact]
    public void Nothing_is_left_to_do_without_an_issue() => Assert.DoesNotContain(
        Repository.Files("src", "*.cs"),
        path => Repository.Read(path).Contains("TODO", StringComparison.Ordinal));

    [Fact]
    public void A_file_is_named_for_the_type_in_it() => Assert.DoesNotContain(
        Repository.Files("src", "*.cs").Where(path => Path.GetFileName(path) is not "Program.cs"),
        path => !TypeOf(Path.GetFileName(path).Split('.')[0]).IsMatch(Repository.Read(path)));

    [Fact]
    public void Folders_are_at_most_two_deep_and_not_named_for_nothing() => Assert.DoesNotContain(
        Repository.Files("src", "*.cs"),
        path => path.Split('/') is not { Length: >= 3 and <= 5 }
            || path.Split('/').Intersect(["Utils", "Common", "Helpers", "Misc"]).Any());

    [Fact]
    public void Log_events_have_a_number_of_their_own_in_the_range_of_their_project()
    {
        var seen = new Dictionary<int, string>();
        foreach (string path in Repository.Files("src", "*.cs"))
        {
            string project = path.Split('/')[1]["MemCache.".Length..];
            foreach (Match match in LogEventPattern().Matches(Repository.Read(path)))
            {
                int number = int.Parse(match.Groups[1].Value);
                int first = FirstLogEvent[project];
                Assert.True(number >= first && number < first + 1000, $"{path}: log event {number} is out of range");
                Assert.True(seen.TryAdd(number, path), $"{path}: log event {number} is taken by {seen[number]}");
            }
        }

        Assert.NotEmpty(seen);
    }

    private static Regex TypeOf(string name) =>
        new($@"\b(class|struct|interface|enum|record|delegate)\b[^\n;{{]*\b{name}\b");

    [GeneratedRegex(@"LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex LogEventPattern();
}
