using System.Text.RegularExpressions;
using MemCache.Cli;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>The statuses that the soak lets pass are those that the page lists.</summary>
public sealed partial class SoakStatusTests
{
    private const string Page = "docs/operations/troubleshooting.md";

    public static TheoryData<string> Operations => [.. DocumentedStatuses.ByOperation.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void The_page_lists_what_the_soak_lets_pass(string operation)
    {
        string row = Assert.Single(
            Repository.ReadLines(Page), line => line.StartsWith($"| {operation} |", StringComparison.Ordinal));

        Assert.Equal(
            DocumentedStatuses.ByOperation[operation].Select(status => status.ToString()).Order(StringComparer.Ordinal),
            StatusPattern().Matches(row).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex StatusPattern();
}
