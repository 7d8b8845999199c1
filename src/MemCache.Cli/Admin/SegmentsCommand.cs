using System.CommandLine;
using System.Text.Json;

namespace MemCache.Cli;

/// <summary><c>mmc segments</c>: every segment with its fill.</summary>
internal static class SegmentsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        AdminOptions.With(new Command("segments", "Shows every segment: state, fill, fragmentation, owner"), RunAsync);

    private static async Task<int> RunAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        JsonElement ranks = await client.GetAsync("/api/v1/ranks", cancellation).ConfigureAwait(false);
        if (arguments.GetValue(AdminOptions.Json))
        {
            await Console.Out.WriteLineAsync(ranks.GetRawText()).ConfigureAwait(false);
        }
        else
        {
            Screen.Output.Write(RankTable.Of(ranks));
        }

        return 0;
    }
}
