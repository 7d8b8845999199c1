using System.Globalization;
using MemCache.Core;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>Prints the result of a demo for people.</summary>
internal static class DemoTable
{
    /// <summary>Prints it.</summary>
    public static void Write(IAnsiConsole console, DemoReport report, IReadOnlyList<string> errorTexts)
    {
        var totals = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        string block = ByteSize.Format(report.BlockBytes);
        totals.AddRow(
            "workload",
            Text($"{report.Mode}, {report.Requests:N0} requests, {report.BlockReferences:N0} blocks of {block}"));
        totals.AddRow(
            "pool",
            Text($"{ByteSize.Format(report.PoolBytes)} of {report.Clients} clients, ")
            + Text($"{report.CapacityBlocks:N0} blocks up to the low watermark"));
        totals.AddRow(
            "hit ratio",
            Text($"{report.HitRatio:0.000} with {report.Policy}; an exact LRU of {report.CapacityBlocks:N0} blocks: ")
            + Text($"{report.LruHitRatio:0.000}"));
        totals.AddRow(
            "simulated",
            Text($"{report.SimulatedHitRatio:0.000} for {report.Policy} with {report.SimulatedBlocks:N0} blocks, ")
            + Text($"halfway between the watermarks"));
        totals.AddRow("verified", Text($"{report.VerifiedObjects:N0} objects, every byte"));
        totals.AddRow("wrong", Colour(report.WrongObjects));
        totals.AddRow("errors", Colour(report.Errors));
        totals.AddRow("time", Text($"{report.Seconds:0.0} s"));
        console.Write(totals);

        var calls = new Table().Border(TableBorder.Rounded)
            .AddColumns(Column("call"), Column("calls"), Column("p50 us"), Column("p99 us"), Column("GB/s"));
        AddCalls(calls, "put", report.Put, Text($"{report.PutGigabytesPerSecond:0.00}"));
        AddCalls(calls, "get", report.Get, Text($"{report.GetGigabytesPerSecond:0.00}"));
        AddCalls(calls, "exist", report.Exist, "");
        calls.Caption(Text(
            $"a call is a batch of up to {report.BatchBlocks} blocks, for exist of all; GB/s is what one client sees"));
        console.Write(calls);
        foreach (string text in errorTexts)
        {
            console.MarkupLineInterpolated($"[red]{text}[/]");
        }
    }

    private static TableColumn Column(string name) => name == "call" ? new(name) : new TableColumn(name).RightAligned();

    private static void AddCalls(Table table, string name, DemoLatency latency, string speed) => table.AddRow(
        name,
        Text($"{latency.Calls:N0}"),
        Text($"{latency.P50Microseconds:N1}"),
        Text($"{latency.P99Microseconds:N1}"),
        speed);

    private static string Colour(long count) => count == 0 ? "[green]0[/]" : Text($"[red]{count:N0}[/]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
