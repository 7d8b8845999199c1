using System.Globalization;
using System.Text;

namespace MemCache.Core;

/// <summary>Trace points as a table of text: one row each, columns apart by blanks, times in microseconds.</summary>
public static class TraceText
{
    private static readonly string[] Heads =
        ["begin", "good_end", "bad_end", "on_fly", "min(us)", "max(us)", "avg(us)", "total(us)"];

    /// <summary>The table; only its head if there are no rows.</summary>
    public static string Format(IReadOnlyCollection<TraceRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int nameWidth = rows.Select(row => row.Name.Length).Append("trace_point".Length).Max();
        var text = new StringBuilder();
        Append(text, nameWidth, "trace_point", Heads);
        foreach (TraceRow row in rows)
        {
            Append(text, nameWidth, row.Name,
            [
                Number(row.Begin), Number(row.GoodEnd), Number(row.BadEnd), Number(row.OnFly),
                Time(row.MinMicroseconds),
                Time(row.MaxMicroseconds), Time(row.AverageMicroseconds), Time(row.TotalMicroseconds),
            ]);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, int nameWidth, string name, string[] cells)
    {
        _ = text.Append(name.PadRight(nameWidth));
        foreach (string cell in cells)
        {
            _ = text.Append(' ').Append(cell.PadLeft(14));
        }

        _ = text.Append('\n');
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(double microseconds) => microseconds.ToString("F3", CultureInfo.InvariantCulture);
}
