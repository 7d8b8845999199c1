using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc keys</c>: which objects are in the pool.</summary>
internal static class KeysCommand
{
    private const int CountMax = 100_000_000;
    private const string Help = """
        Lists the objects of a pool in no order, one a line: key, size, medium, replicas, with tabs between. With
        --json, one JSON object a line.
        """;

    private static readonly Option<string> Prefix = new("--prefix")
    {
        Description = "Only keys that begin with this",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<int> Limit =
        CliOptions.Count("--limit", "List this many at most", 1000, 1, CountMax);

    /// <summary>Makes the command.</summary>
    public static Command Create() => AdminOptions.With(new Command("keys", Help) { Prefix, Limit }, RunAsync);

    private static async Task<int> RunAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        bool json = arguments.GetValue(AdminOptions.Json);
        int limit = arguments.GetValue(Limit);
        int count = 0;
        string prefix = arguments.GetValue(Prefix)!;
        string path = prefix.Length > 0 ? $"/api/v1/keys?prefix={Uri.EscapeDataString(prefix)}" : "/api/v1/keys";
        IAsyncEnumerable<JsonElement> keys = ListPages.ReadAsync(client, path, "keys", limit, cancellation);
        await foreach (JsonElement key in keys.ConfigureAwait(false))
        {
            string name = key.Text("key_escaped") is { Length: > 0 } escaped ? escaped : key.Text("key");
            await Console.Out.WriteLineAsync(json
                ? key.GetRawText()
                : $"{name}\t{key.Text("size")}\t{key.Text("medium")}\t{key.Text("replicas")}").ConfigureAwait(false);
            count++;
        }

        if (count == limit)
        {
            Screen.Error.WriteLine($"mmc: there may be more than {limit} (--limit)");
        }

        return 0;
    }
}
