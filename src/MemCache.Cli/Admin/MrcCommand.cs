using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MemCache.Core;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc mrc</c>: what more, or less, memory would give.</summary>
internal static class MrcCommand
{
    private const int BarWidth = 40;
    private const string DefaultPlotPath = "mrc.svg";
    private const string Help = """
        Shows what share of the blocks asked for a pool of 0.25 to 8 times the present capacity would have, as the
        running pool estimates it from its own traffic. For other traffic, or without a pool, see mmc replay.
        """;

    private static readonly Option<string?> Plot = new("--plot")
    {
        Description = $"Write a chart to this SVG file, such as {DefaultPlotPath}",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() => AdminOptions.With(new Command("mrc", Help) { Plot }, RunAsync);

    private static async Task<int> RunAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        JsonElement curve =
            await client.GetAsync("/api/v1/analysis/miss_ratio_curve", cancellation).ConfigureAwait(false);
        if (arguments.GetValue(Plot) is { } path)
        {
            await File.WriteAllTextAsync(path, MrcPlot.Draw(curve), cancellation).ConfigureAwait(false);
            Screen.Error.WriteLine($"mmc: plot written to {path}");
        }

        if (arguments.GetValue(AdminOptions.Json))
        {
            await Console.Out.WriteLineAsync(curve.GetRawText()).ConfigureAwait(false);
            return 0;
        }

        Screen.Output.Write(TableOf(curve));
        if (curve.Text("data_source_ready") == "false")
        {
            Screen.Error.WriteLine("mmc: the pool has seen too little traffic for an estimate");
        }

        return 0;
    }

    private static Table TableOf(JsonElement curve)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn(new TableColumn("capacity").RightAligned().NoWrap())
            .AddColumn(new TableColumn("times the present").RightAligned())
            .AddColumn(new TableColumn("hit ratio").RightAligned())
            .AddColumn("");
        foreach (JsonElement point in curve.List("points"))
        {
            double ratio = Math.Clamp(point.Number("hit_ratio"), 0, 1);
            double factor = point.Number("capacity_factor");
            string bar = new('━', (int)Math.Round(ratio * BarWidth));
            table.AddRow(
                ByteSize.Format((long)point.Number("capacity_bytes")),
                factor.ToString("0.##", CultureInfo.InvariantCulture),
                ratio.ToString("0.000", CultureInfo.InvariantCulture),
                Math.Abs(factor - 1) < 1e-9 ? $"[blue]{bar}[/] now" : bar);
        }

        return table.Caption($"estimated from {curve.Count("references")} references of the pool's own traffic");
    }
}
