using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc leases</c>: which objects are held, by whom, for how long.</summary>
internal static class LeasesCommand
{
    private const string Help = """
        Lists the objects that readers or leases hold: these are not evicted, and removed ones keep their space until
        the last lease ends.
        """;

    private static readonly Option<int> Limit =
        CliOptions.Count("--limit", "List this many at most", 1000, 1, 1_000_000);

    /// <summary>Makes the command.</summary>
    public static Command Create() => AdminOptions.With(new Command("leases", Help) { Limit }, RunAsync);

    private static async Task<int> RunAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        bool json = arguments.GetValue(AdminOptions.Json);
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn("key")
            .AddColumn(new TableColumn("size").RightAligned().NoWrap())
            .AddColumn("state")
            .AddColumn(new TableColumn("readers").RightAligned())
            .AddColumn("held by rank (session), for");
        int limit = arguments.GetValue(Limit);
        await foreach (JsonElement held in ListPages.ReadAsync(
            client, "/api/v1/leases", "objects", limit, cancellation).ConfigureAwait(false))
        {
            if (json)
            {
                await Console.Out.WriteLineAsync(held.GetRawText()).ConfigureAwait(false);
            }

            table.AddRow(
                Markup.Escape(held.Text("key")), held.Bytes("size"), Markup.Escape(held.Text("state")),
                Readers(held), string.Join(", ", held.List("holders").Select(Holder)));
        }

        if (!json)
        {
            Screen.Output.Write(table);
        }

        return 0;
    }

    private static string Readers(JsonElement held) =>
        held.Number("readers") == 0 ? "0" : $"{held.Count("readers")}, {held.Count("readers_end_ms")} ms";

    private static string Holder(JsonElement holder)
    {
        string rank = holder.Number("rank") < 0 ? "none" : holder.Text("rank");
        return $"{rank} ({holder.Text("session")}), {holder.Count("end_ms")} ms";
    }
}
