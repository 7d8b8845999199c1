using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MemCache.Core;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>Status codes are a contract with every language: appended to, never renumbered.</summary>
public sealed partial class StatusCodeTests
{
    private const string Page = "docs/reference/status-codes.md";
    private const string Snapshot = "tests/MemCache.TidyTests/StatusCodes.txt";

    [Fact]
    public void Every_number_has_one_name()
    {
        MmcStatus[] values = Enum.GetValues<MmcStatus>();
        Assert.Equal(values.Length, Enum.GetNames<MmcStatus>().Length);
        Assert.Equal(values.Length, values.Distinct().Count());
    }

    [Fact]
    public void Numbers_are_given_once_and_never_changed()
    {
        if (!Repository.Rewrites)
        {
            // Rewriting may only append: what was there stays there.
            string[] known = Repository.ReadLines(Snapshot);
            Assert.Empty(known.Except(SnapshotText().TrimEnd().Split('\n')));
        }

        Assert.Null(Repository.Compare(Snapshot, SnapshotText()));
    }

    [Fact]
    public void New_numbers_lie_below_those_that_were_given_to_us() => Assert.All(
        Enum.GetValues<MmcStatus>(), status => Assert.True((int)status is 0 or -1 or <= -3000 and > -3400));

    [Fact]
    public void The_page_of_status_codes_is_up_to_date() => Assert.Null(Repository.Compare(Page, PageText()));

    [Fact]
    public void The_status_codes_of_other_languages_are_up_to_date() => Assert.All(
        StatusCodeText.Files(Sorted(), ReadSummaries()),
        file => Assert.Null(Repository.Compare(file.Path, file.Text)));

    private static string SnapshotText() => string.Concat(Sorted().Select(
        status => string.Create(CultureInfo.InvariantCulture, $"{(int)status} {status}\n")));

    private static IEnumerable<MmcStatus> Sorted() => Enum.GetValues<MmcStatus>().OrderByDescending(status => (int)status);

    private static string PageText()
    {
        Dictionary<string, string> summaries = ReadSummaries();
        var page = new StringBuilder();
        page.Append("# Status codes\n\n");
        page.Append("Outcome of every operation, the same numbers in C#, C, Python, REST and on the wire. 0 is success, everything\n");
        page.Append("else is negative. A number is never reused and never changes its meaning; -3000 to -3199 are those that existing\n");
        page.Append("clients know, those from -3200 down are MemCache's own. Generated from `MmcStatus` by TidyTests.\n\n");
        page.Append("| code | name | meaning |\n| ---: | --- | --- |\n");
        foreach (MmcStatus status in Sorted())
        {
            string name = status.ToString();
            page.Append(CultureInfo.InvariantCulture, $"| {(int)status} | `{name}` | {summaries[name]} |\n");
        }

        return page.ToString();
    }

    private static Dictionary<string, string> ReadSummaries()
    {
        XDocument documentation = XDocument.Load(Path.ChangeExtension(typeof(MmcStatus).Assembly.Location, ".xml"));
        const string Prefix = "F:MemCache.Core.MmcStatus.";
        return documentation.Descendants("member")
            .Where(member => member.Attribute("name")!.Value.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(
                member => member.Attribute("name")!.Value[Prefix.Length..],
                member => SpacePattern().Replace(member.Element("summary")!.Value, " ").Trim());
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex SpacePattern();
}
