using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// A message as one line: text, or a JSON object. Control characters are escaped in both, so that nothing a peer sends can
/// forge a line or move the cursor of a terminal.
/// </summary>
internal static class LogLine
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fffzzz";

    public static void Append(ArrayBufferWriter<byte> target, LogEntry entry, bool isJson)
    {
        if (isJson)
        {
            AppendJson(target, entry);
        }
        else
        {
            Encoding.UTF8.GetBytes(Text(entry), target);
        }

        target.Write("\n"u8);
    }

    public static string Text(LogEntry entry)
    {
        var line = new StringBuilder();
        line.Append(entry.Time.ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Append(" [").Append(Name(entry.Level)).Append("] ").Append(entry.Category).Append(": ");
        if (entry.EventId != 0)
        {
            line.Append(CultureInfo.InvariantCulture, $"[{entry.EventId}] ");
        }

        AppendEscaped(line, entry.Message);
        foreach (string part in entry.Exception.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Indented: what begins with a date is a message, everything else belongs to the one above.
            AppendEscaped(line.Append("\n    "), part.Trim());
        }

        return line.ToString();
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRC",
        LogLevel.Debug => "DBG",
        LogLevel.Information => "INF",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        _ => "FTL",
    };

    private static void AppendEscaped(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) && c != '\t')
            {
                line.Append(c == '\n' ? "\\n" : $"\\x{(int)c:x2}");
            }
            else
            {
                line.Append(c);
            }
        }
    }

    private static void AppendJson(ArrayBufferWriter<byte> target, LogEntry entry)
    {
        using var json = new Utf8JsonWriter(target);
        json.WriteStartObject();
        json.WriteString("time", entry.Time.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("level", entry.Level.ToString());
        json.WriteString("category", entry.Category);
        json.WriteNumber("event", entry.EventId);
        json.WriteString("message", entry.Message);
        if (entry.Exception.Length > 0)
        {
            json.WriteString("exception", entry.Exception);
        }

        if (entry.Fields is { Count: > 0 } fields)
        {
            json.WriteStartObject("fields");
            foreach ((string name, string value) in fields)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
