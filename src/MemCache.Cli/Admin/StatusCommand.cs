using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc status</c>: the pool at one look.</summary>
internal static class StatusCommand
{
    private const int NotReadyExitCode = 1;
    private const string Help = """
        Shows the state of a pool: its MetaService, how full it is, and its ranks. Exit code 0: it serves; 1: it does
        not, or is not reached.
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create() => AdminOptions.With(new Command("status", Help), RunAsync);

    private static async Task<int> RunAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        JsonElement health = await client.GetAsync("/health", cancellation).ConfigureAwait(false);
        JsonElement usage = await client.GetAsync("/api/v1/capacity/usage", cancellation).ConfigureAwait(false);
        JsonElement ranks = await client.GetAsync("/api/v1/ranks", cancellation).ConfigureAwait(false);
        string metrics = await client.GetTextAsync("/metrics", cancellation).ConfigureAwait(false);
        if (arguments.GetValue(AdminOptions.Json))
        {
            var all = new JsonObject
            {
                ["health"] = JsonNode.Parse(health.GetRawText()),
                ["capacity"] = JsonNode.Parse(usage.GetRawText()),
                ["ranks"] = JsonNode.Parse(ranks.GetRawText()),
            };
            await Console.Out.WriteLineAsync(all.ToJsonString()).ConfigureAwait(false);
        }
        else
        {
            Screen.Output.Write(Summary(health, usage, ranks, metrics));
            Screen.Output.Write(RankTable.Of(ranks));
        }

        return health.Text("service_ready") == "true" ? 0 : NotReadyExitCode;
    }

    private static Table Summary(JsonElement health, JsonElement usage, JsonElement ranks, string metrics)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        string role = $"{health.Text("status")}, {health.Text("role")}, {health.Text("ha_state")}, ";
        table.AddRow("MetaService", Markup.Escape($"{role}epoch {health.Text("view_version")}"));
        AddMedium(table, "device memory", usage, "npu");
        AddMedium(table, "host memory", usage, "cpu");
        double objects = MetricsText.Sum(metrics, "memcache_stored_keys");
        table.AddRow("objects", objects.ToString("N0", CultureInfo.InvariantCulture));
        int rankCount = ranks.List("ranks").Count();
        int clientCount = ranks.List("clients").Count();
        table.AddRow("members", string.Create(
            CultureInfo.InvariantCulture, $"{rankCount} with memory, {clientCount} without"));
        return table;
    }

    private static void AddMedium(Table table, string name, JsonElement usage, string field)
    {
        if (usage.TryGetProperty(field, out JsonElement medium) && medium.Number("total_bytes") > 0)
        {
            string share = JsonFields.Percent(medium.Number("usage_ratio"));
            table.AddRow(name, $"{medium.Bytes("used_bytes")} of {medium.Bytes("total_bytes")} ({share})");
        }
    }
}
