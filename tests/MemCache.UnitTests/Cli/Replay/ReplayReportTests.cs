using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using MemCache.Cli;
using Spectre.Console;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ReplayReportTests
{
    private static readonly ReplayReport Report = new()
    {
        Rows = [new("lru", 100, 0.25), new("lru", 200, 0.5), new("reuse", 100, 0.375), new("reuse", 200, 0.625)],
        Curves = [new(100, [new(0.5, 50, 0.125), new(2, 200, 0.6)])],
        Workload = "a <trace>.jsonl",
        Requests = 7,
        BlockReferences = 4000,
        DistinctBlocks = 300,
    };

    [Fact]
    public void The_json_keeps_its_contract()
    {
        string json = JsonSerializer.Serialize(Report, CliJson.Default.ReplayReport);

        Assert.DoesNotContain('\n', json);
        JsonElement root = JsonDocument.Parse(json).RootElement;
        JsonElement row = root.GetProperty("rows")[2];
        Assert.Equal(["policy", "capacity_blocks", "hit_ratio"], row.EnumerateObject().Select(property => property.Name));
        Assert.Equal("reuse", row.GetProperty("policy").GetString());
        Assert.Equal(0.6, root.GetProperty("curves")[0].GetProperty("points")[1].GetProperty("hit_ratio").GetDouble());
    }

    [Fact]
    public void The_plot_is_well_formed_and_has_a_line_for_each_policy_and_estimate()
    {
        XDocument plot = XDocument.Parse(ReplayPlot.Draw(Report));

        string[] texts = [.. plot.Descendants().Where(node => node.Name.LocalName == "text").Select(node => node.Value.Trim())];
        Assert.Contains("lru", texts);
        Assert.Contains("reuse", texts);
        Assert.Equal(3, plot.Descendants().Count(node => node.Name.LocalName == "polyline"));
    }

    [Fact]
    public void A_plot_of_one_capacity_and_no_hit_is_well_formed() => XDocument.Parse(
        ReplayPlot.Draw(Report with { Rows = [new("lru", 1, 0)], Curves = [] }));

    [Fact]
    public void The_table_has_a_row_for_each_capacity_and_sizes_if_a_block_has_one()
    {
        string text = Print(Report, null);
        Assert.Contains("0.375", text, StringComparison.Ordinal);
        Assert.Contains("0.125", text, StringComparison.Ordinal);
        Assert.DoesNotContain("KiB", text, StringComparison.Ordinal);
        Assert.Contains("200 KiB", Print(Report, 1024), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_has_the_rows_in_order_whatever_finishes_first()
    {
        ReplayTrace trace = ReplayTrace.Of(ChatWorkload.Generate(new ChatWorkloadOptions { RequestCount = 400 }));
        var options = new ReplayOptions
        {
            Workload = "chat",
            Policies = ["fifo", "lru"],
            Capacities = [10, 100],
            EstimatesMissRatio = true,
        };
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var progress = new ReplayProgress(Console(writer), 6 * 400);

        ReplayReport report = await progress.ShowAsync(
            () => new ReplayRun(options, trace, progress).RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            [("fifo", 10), ("fifo", 100), ("lru", 10), ("lru", 100)],
            report.Rows.Select(row => (row.Policy, row.CapacityBlocks)));
        Assert.Equal([10, 100], report.Curves.Select(curve => curve.CapacityBlocks));
        Assert.Contains("100 % done", writer.ToString(), StringComparison.Ordinal);
    }

    private static string Print(ReplayReport report, long? blockBytes)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        ReplayTable.Write(Console(writer), report, blockBytes);
        return writer.ToString();
    }

    private static IAnsiConsole Console(StringWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Interactive = InteractionSupport.No,
        Ansi = AnsiSupport.No,
    });
}
