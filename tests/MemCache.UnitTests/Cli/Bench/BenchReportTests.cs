using System.Text.Json;
using System.Xml.Linq;
using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class BenchReportTests
{
    private static readonly BenchReport Report = new(
        [
            BenchRow.OfSpeed("get_122x_local", 9, "a copy of <the same> bytes", 10),
            BenchRow.OfDuration("exist_1", 30, "round trip", 20),
        ],
        new MachineFacts { CopyThreads = 2, BatchBlocks = 16, BlockBytes = 1, Rounds = 3 });

    [Fact]
    public void A_ratio_is_larger_when_we_are_faster()
    {
        Assert.Equal(0.9, Report.Rows[0].Ratio);
        Assert.Equal(0.667, Report.Rows[1].Ratio);
    }

    [Fact]
    public void The_json_keeps_its_contract()
    {
        string json = JsonSerializer.Serialize(Report, CliJson.Default.BenchReport);

        Assert.DoesNotContain('\n', json);
        JsonElement row = JsonDocument.Parse(json).RootElement.GetProperty("rows")[1];
        Assert.Equal(
            ["name", "value", "unit", "reference", "reference_value", "ratio"],
            row.EnumerateObject().Select(property => property.Name));
        Assert.Equal("us", row.GetProperty("unit").GetString());
    }

    [Fact]
    public void The_plot_is_well_formed_and_names_every_row()
    {
        XDocument plot = XDocument.Parse(BenchPlot.Draw(Report));

        string[] texts =
            [.. plot.Descendants().Where(node => node.Name.LocalName == "text").Select(node => node.Value)];
        Assert.Contains("get_122x_local", texts);
        Assert.Contains("exist_1", texts);
        Assert.Contains("0.67", texts);
    }

    [Fact]
    public void A_median_of_an_even_number_lies_between_the_two_in_the_middle()
    {
        var samples = new Samples();
        foreach (double value in (double[])[9, 1, 2, 4])
        {
            samples.Add(value);
        }

        Assert.Equal(3, samples.Median());
    }

    [Fact]
    public void The_names_of_the_rows_are_those_that_others_rely_on()
    {
        string[] promised =
            ["get_122x_local", "put_122x_local", "exist_1", "exist_256", "put_4k", "get_4k", "get_122x_local_2clients"];

        Assert.Empty(promised.Except(BenchOptions.AllRows));
    }
}
