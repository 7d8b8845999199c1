using System.Text;
using System.Text.Json;

namespace MemCache.Cli;

/// <summary>
/// Reads JSONL traces: one object a line with <c>timestamp</c> (ms) and <c>hash_ids</c>, and possibly
/// <c>input_length</c> and <c>output_length</c> (tokens). Other fields are ignored, empty lines too.
/// </summary>
internal static class TraceReader
{
    private const string Timestamp = "timestamp";
    private const string HashIds = "hash_ids";

    /// <summary>Reads a whole file, in order.</summary>
    /// <exception cref="TraceFormatException">A line is not a request.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static List<TraceRequest> ReadFile(string path)
    {
        using var text = new StreamReader(path, Encoding.UTF8);
        return Read(text, path);
    }

    /// <summary>
    /// Reads all lines of <paramref name="text"/>; <paramref name="name"/> stands for the file in error messages.
    /// </summary>
    /// <exception cref="TraceFormatException">A line is not a request.</exception>
    public static List<TraceRequest> Read(TextReader text, string name)
    {
        var requests = new List<TraceRequest>();
        long lineNumber = 0;
        while (text.ReadLine() is { } line)
        {
            lineNumber++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                requests.Add(ReadLine(line, name, lineNumber));
            }
        }

        return requests;
    }

    private static TraceRequest ReadLine(string line, string name, long lineNumber)
    {
        try
        {
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
            return ReadRequest(ref json, (field, reason) => new TraceFormatException(name, lineNumber, field, reason));
        }
        catch (JsonException malformed)
        {
            throw new TraceFormatException(
                name, lineNumber, "", $"not a JSON object (byte {malformed.BytePositionInLine}): {Abridge(line)}");
        }
    }

    private static TraceRequest ReadRequest(ref Utf8JsonReader json, Func<string, string, TraceFormatException> error)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw error("", "expected a JSON object");
        }

        double? timestampMs = null;
        ulong[]? hashIds = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string field = json.GetString() ?? "";
            json.Read();
            switch (field)
            {
                case Timestamp:
                    timestampMs = ReadNumber(ref json, field, error);
                    break;
                case "input_length" or "output_length":
                    ReadNumber(ref json, field, error);
                    break;
                case HashIds:
                    hashIds = ReadIds(ref json, error);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        json.Read();
        return new TraceRequest(
            timestampMs ?? throw error(Timestamp, "missing"), hashIds ?? throw error(HashIds, "missing"));
    }

    private static double ReadNumber(
        ref Utf8JsonReader json, string field, Func<string, string, TraceFormatException> error) =>
        json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double value) && value is >= 0 and < 1e15
            ? value
            : throw error(field, $"expected a number of 0 or more, found {TokenText(ref json)}");

    private static ulong[] ReadIds(ref Utf8JsonReader json, Func<string, string, TraceFormatException> error)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw error(HashIds, $"expected an array, found {TokenText(ref json)}");
        }

        var ids = new List<ulong>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetUInt64(out ulong id))
            {
                string found = TokenText(ref json);
                throw error(HashIds, $"entry {ids.Count}: expected an integer of 0 or more, found {found}");
            }

            ids.Add(id);
        }

        return ids.Count <= Core.Limits.BatchCountMax
            ? [.. ids]
            : throw error(HashIds, $"{ids.Count} blocks, but one batch holds at most {Core.Limits.BatchCountMax}");
    }

    private static string TokenText(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => $"\"{Abridge(json.GetString() ?? "")}\"",
        _ => Abridge(Encoding.UTF8.GetString(json.ValueSpan)),
    };

    private static string Abridge(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";
}
