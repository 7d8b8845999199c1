using System.Globalization;
using System.Security;
using System.Text;

namespace MemCache.Cli;

/// <summary>
/// Draws a chart as the text of an SVG file: no package that draws is served everywhere, and this is all that is needed
/// of one.
/// </summary>
/// <param name="width">Width of the picture.</param>
internal abstract class SvgChart(int width)
{
    /// <summary>Colour of what is read first.</summary>
    protected const string Ink = "#1f2933";

    /// <summary>Colour of what is read last.</summary>
    protected const string Quiet = "#6b7785";

    /// <summary>Colour of lines behind the data.</summary>
    protected const string Grid = "#e3e7ec";

    private readonly StringBuilder _svg = new();

    /// <summary>Width of the picture.</summary>
    protected int Width { get; } = width;

    /// <summary>Height of the picture.</summary>
    protected abstract int Height { get; }

    /// <summary>Draws everything.</summary>
    protected string Draw(string label, string title, string subtitle)
    {
        _svg.Clear();
        Add($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}"
                 font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img" aria-label="{label}">
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            """);
        Text(24, 36, 20, Ink, "start", title, "600");
        Text(24, 60, 13, Quiet, "start", subtitle);
        DrawContent();
        Add($"</svg>");
        return _svg.ToString();
    }

    /// <summary>Draws what is below the title.</summary>
    protected abstract void DrawContent();

    /// <summary>A line of the grid.</summary>
    protected void DrawGridLine(double x1, double y1, double x2, double y2) =>
        Add($"""<line x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}" stroke="{Grid}"/>""");

    /// <summary>A line through points, with a dot at each.</summary>
    protected void DrawLine(IEnumerable<(double X, double Y)> points, string colour, string dashes)
    {
        (double X, double Y)[] all = [.. points];
        string path = string.Join(' ', all.Select(point => Invariant($"{point.X:0.0},{point.Y:0.0}")));
        Add($"""
            <polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>
            """);
        foreach ((double x, double y) in all)
        {
            Add($"""<circle cx="{x:0.0}" cy="{y:0.0}" r="3" fill="{colour}"/>""");
        }
    }

    /// <summary>A text; <paramref name="anchor"/> is start, middle or end.</summary>
    protected void Text(
        double x, double y, int size, string colour, string anchor, string text, string weight = "400") => Add(
        $"""
        <text x="{x:0.0}" y="{y:0.0}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}"
        >{SecurityElement.Escape(text)}</text>
        """);

    /// <summary>Adds an element; numbers are written as SVG reads them.</summary>
    protected void Add(FormattableString element) => _svg.AppendLine(element.ToString(CultureInfo.InvariantCulture));

    /// <summary>A text with numbers as SVG, and everybody, reads them.</summary>
    protected static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
