using System.Globalization;
using MemCache.Core;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>Prints the result of a replay for people.</summary>
internal static class ReplayTable
{
    /// <summary>Prints it; with a size of a block, capacities are sizes too.</summary>
    public static void Write(IAnsiConsole console, ReplayReport report, long? blockBytes)
    {
        console.WriteLine(Text(
            $"{report.Workload}: {report.Requests:N0} requests, {report.BlockReferences:N0} blocks asked for, ")
            + Text($"{report.DistinctBlocks:N0} different ones"));
        console.Write(Ratios(report, blockBytes));
        foreach (ReplayCurve curve in report.Curves)
        {
            console.Write(Curve(curve, blockBytes));
        }
    }

    private static Table Ratios(ReplayReport report, long? blockBytes)
    {
        string[] policies = [.. report.Rows.Select(row => row.Policy).Distinct()];
        Table table = Capacities(blockBytes);
        foreach (string policy in policies)
        {
            table.AddColumn(new TableColumn(policy).RightAligned());
        }

        foreach (IGrouping<int, ReplayRow> capacity in report.Rows.GroupBy(row => row.CapacityBlocks))
        {
            table.AddRow([.. Cells(capacity.Key, blockBytes), .. policies.Select(
                policy => Text($"{capacity.First(row => row.Policy == policy).HitRatio:0.000}"))]);
        }

        return table.Caption(
            "block hit ratio: blocks found, up to the first missing one of each request, over blocks asked for");
    }

    private static Table Curve(ReplayCurve curve, long? blockBytes)
    {
        Table table = Capacities(blockBytes)
            .AddColumn(new TableColumn("of present").RightAligned())
            .AddColumn(new TableColumn("estimate").RightAligned());
        foreach (ReplayCurvePoint point in curve.Points)
        {
            table.AddRow([
                .. Cells(point.CapacityBlocks, blockBytes),
                Text($"{point.Factor:0.##}x"),
                Text($"{point.HitRatio:0.000}")]);
        }

        return table.Caption(
            Text($"what a pool of {curve.CapacityBlocks:N0} blocks estimates of others while it serves"));
    }

    private static Table Capacities(long? blockBytes)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("blocks").RightAligned());
        return blockBytes is null ? table : table.AddColumn(new TableColumn("size").RightAligned());
    }

    private static string[] Cells(double capacityBlocks, long? blockBytes) => blockBytes is { } bytes
        ? [Text($"{capacityBlocks:N0}"), ByteSize.Format((long)(capacityBlocks * bytes))]
        : [Text($"{capacityBlocks:N0}")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
