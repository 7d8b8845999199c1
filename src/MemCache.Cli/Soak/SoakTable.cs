using System.Globalization;
using MemCache.Core;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>Prints the result of a soak for people.</summary>
internal static class SoakTable
{
    /// <summary>Prints it.</summary>
    public static void Write(IAnsiConsole console, SoakReport report, IReadOnlyList<string> errorTexts)
    {
        var totals = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        string hosts = report.IsIsolated ? "network namespaces" : "on the loopback network";
        totals.AddRow(
            "pool",
            Text($"{report.Ranks} ranks and {report.Clients} clients on {report.Hosts} hosts ({hosts}), ")
            + Text($"{report.Replicas} replicas, seed {report.Seed}"));
        totals.AddRow("ranks", Text($"{report.Joins} joins ({report.Restarts} again), {report.Leaves} leaves, ")
            + Text($"{report.Kills} killed, {report.Stops} stopped"));
        totals.AddRow("besides", Text($"{report.Cuts} cuts, {report.MetaRestarts} restarts of the MetaService"));
        totals.AddRow("traffic", Text($"{report.Requests:N0} requests, {report.BlockReferences:N0} blocks of ")
            + Text($"{ByteSize.Format(report.BlockBytes)}, hit ratio {report.HitRatio:0.000}, {report.Seconds:0} s"));
        totals.AddRow("verified", Text($"{report.VerifiedObjects:N0} objects, every byte"));
        totals.AddRow("wrong", Colour(report.WrongObjects));
        totals.AddRow("undocumented errors", Colour(report.Errors));
        totals.AddRow("longest call", Text($"{report.LongestCallMs:0} ms"));
        console.Write(totals);

        var statuses = new Table().Border(TableBorder.Rounded).AddColumns("call", "outcomes");
        foreach ((string operation, Dictionary<string, long> counts) in report.Statuses)
        {
            statuses.AddRow(operation, string.Join(", ", counts.Select(pair => Text($"{pair.Key} {pair.Value:N0}"))));
        }

        console.Write(statuses);
        foreach (string text in report.Violations)
        {
            console.MarkupLineInterpolated($"[red]{text}[/]");
        }

        if (!report.IsGood)
        {
            foreach (string text in errorTexts)
            {
                console.MarkupLineInterpolated($"[grey]{text}[/]");
            }
        }
    }

    /// <summary>What became of the ranks so far, on one line.</summary>
    public static string Describe(SoakEvents events)
    {
        string text = Text($"{events.Present} ranks; {events.Joins} joins, {events.Leaves} leaves, ")
            + Text($"{events.Kills} kills, {events.Stops} stops");
        text += events.Cuts > 0 ? Text($", {events.Cuts} cuts") : "";
        return text + (events.MetaRestarts > 0 ? Text($", {events.MetaRestarts} restarts of the MetaService") : "");
    }

    private static string Colour(long count) => count == 0 ? "[green]0[/]" : Text($"[red]{count:N0}[/]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
