using System.Globalization;
using MemCache.Core;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>Prints the result of a bench for people.</summary>
internal static class BenchTable
{
    /// <summary>Prints it.</summary>
    public static void Write(IAnsiConsole console, BenchReport report)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn("row")
            .AddColumn(new TableColumn("ours").RightAligned().NoWrap())
            .AddColumn(new TableColumn("reference").RightAligned().NoWrap())
            .AddColumn(new TableColumn("ratio").RightAligned())
            .AddColumn("reference is");
        foreach (BenchRow row in report.Rows)
        {
            table.AddRow(
                Markup.Escape(row.Name), Figure(row.Value, row.Unit), Figure(row.ReferenceValue, row.Unit),
                row.Ratio.ToString("0.00", CultureInfo.InvariantCulture), Markup.Escape(row.Reference));
        }

        table.Caption("ratio: larger is better, 1.00 is as fast as the reference; medians of interleaved rounds");
        console.Write(table);
        MachineFacts machine = report.Machine;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{machine.Processor}, {machine.Cores} cores, {ByteSize.Format(machine.MemoryBytes)}, {machine.System}, ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{machine.Runtime}; {machine.Rounds} rounds, batches of {machine.BatchBlocks} blocks of ")
            + ByteSize.Format(machine.BlockBytes));
    }

    /// <summary>A figure with its unit.</summary>
    public static string Figure(double value, string unit) => string.Create(
        CultureInfo.InvariantCulture, $"{(value < 100 ? $"{value:0.00}" : $"{value:0}")} {unit}");
}
