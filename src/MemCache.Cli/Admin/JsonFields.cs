using System.Globalization;
using System.Text.Json;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// Reads fields of an answer; an absent one is empty, so that a command works with an older MetaService.
/// </summary>
internal static class JsonFields
{
    /// <summary>A text, or a number or truth value as text.</summary>
    public static string Text(this JsonElement json, string name) =>
        !json.TryGetProperty(name, out JsonElement value) ? ""
        : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() ?? "",
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };

    /// <summary>A number; 0 if it is absent.</summary>
    public static double Number(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : 0;

    /// <summary>A number of bytes as people read it.</summary>
    public static string Bytes(this JsonElement json, string name) => ByteSize.Format((long)json.Number(name));

    /// <summary>A number with separators.</summary>
    public static string Count(this JsonElement json, string name) =>
        json.Number(name).ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A ratio of 0 .. 1 in percent.</summary>
    public static string Percent(double ratio) => ratio.ToString("0.0 %", CultureInfo.InvariantCulture);

    /// <summary>The elements of a list; none if it is absent.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray() : [];
}
