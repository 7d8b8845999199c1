using System.CommandLine;
using System.Text.Json.Nodes;
using MemCache.LocalService;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>Says where an object is.</summary>
internal static class ObjectLine
{
    /// <summary>Prints a line, or a JSON object.</summary>
    public static void Write(ParseResult arguments, string key, ObjectDescription found)
    {
        IEnumerable<(int Rank, string Medium)> places =
            found.Ranks.Zip(found.Media, (rank, medium) => ((int)rank.Value, medium.ToString().ToLowerInvariant()));
        if (!arguments.GetValue(AdminOptions.Json))
        {
            string all = string.Join(", ", places.Select(place => $"rank-{place.Rank}-{place.Medium}"));
            Screen.Error.WriteLine($"{key}: {found.SizeBytes} bytes in {all}");
            return;
        }

        var json = new JsonObject
        {
            ["key"] = key,
            ["size"] = found.SizeBytes,
            ["blobs"] = new JsonArray(
            [
                .. places.Select(place => new JsonObject { ["rank"] = place.Rank, ["medium"] = place.Medium }),
            ]),
        };
        Console.Out.WriteLine(json.ToJsonString());
    }
}
