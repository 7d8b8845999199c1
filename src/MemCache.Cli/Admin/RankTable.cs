using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>Prints ranks with their segments.</summary>
internal static class RankTable
{
    private const double MillisecondsPerSecond = 1000;

    /// <summary>The table of an answer of <c>/api/v1/ranks</c>: a row for each segment.</summary>
    public static Table Of(JsonElement ranks)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn("segment")
            .AddColumn("state")
            .AddColumn(new TableColumn("used").RightAligned().NoWrap())
            .AddColumn(new TableColumn("of").RightAligned().NoWrap())
            .AddColumn(new TableColumn("fill").RightAligned())
            .AddColumn(new TableColumn("blobs").RightAligned())
            .AddColumn(new TableColumn("fragmented").RightAligned())
            .AddColumn(new TableColumn("heard").RightAligned().NoWrap())
            .AddColumn("data address")
            .AddColumn("process");
        foreach (JsonElement rank in ranks.List("ranks"))
        {
            foreach (JsonElement segment in rank.List("segments"))
            {
                AddRow(table, rank, segment);
            }
        }

        return table;
    }

    private static void AddRow(Table table, JsonElement rank, JsonElement segment)
    {
        string state = rank.Text("state") == "silent" ? "silent" : segment.Text("state");
        string fill = JsonFields.Percent(1 - segment.Number("remaining_ratio"));
        string heard = string.Create(
            CultureInfo.InvariantCulture, $"{rank.Number("heard_ms") / MillisecondsPerSecond:0.0} s ago");
        table.AddRow(
            Markup.Escape(segment.Text("segment_name")),
            state == "ok" ? "ok" : $"[yellow]{Markup.Escape(state)}[/]",
            segment.Bytes("used_bytes"), segment.Bytes("total_bytes"), fill, segment.Count("blobs"),
            JsonFields.Percent(segment.Number("fragmentation")), heard, Markup.Escape(rank.Text("data_address")),
            Markup.Escape(rank.Text("process_id")));
    }
}
