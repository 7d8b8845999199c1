using System.Globalization;
using System.Security;
using System.Text;

namespace MemCache.Cli;

/// <summary>
/// Draws the ratios of a bench as an SVG bar chart with a line at 1: no package that draws is served everywhere, and
/// this is all that is needed of one.
/// </summary>
internal sealed class BenchPlot
{
    private const int Width = 960;
    private const int LabelWidth = 220;
    private const int FigureWidth = 250;
    private const int FigureInsideWidthMin = 44;
    private const int Top = 96;
    private const int RowHeight = 34;
    private const int BarHeight = 20;
    private const int Bottom = 44;
    private const int NoteHeight = 18;
    private const string Ink = "#1f2933";
    private const string Quiet = "#6b7785";
    private const string Bar = "#2f6fb2";
    private const string Grid = "#e3e7ec";
    private const string Line = "#c2410c";

    private readonly StringBuilder _svg = new();
    private readonly BenchReport _report;
    private readonly string[] _references;
    private readonly double _scaleMax;

    private BenchPlot(BenchReport report)
    {
        _report = report;
        _references = [.. report.Rows.Select(row => row.Reference).Distinct()];
        double largest = report.Rows.Select(row => row.Ratio).DefaultIfEmpty(1).Max();
        _scaleMax = Math.Max(1.25, Math.Ceiling(largest * 1.05 / 0.25) * 0.25);
    }

    /// <summary>The picture as the text of an SVG file.</summary>
    public static string Draw(BenchReport report) => new BenchPlot(report).Draw();

    private int RowsEnd => Top + RowHeight * _report.Rows.Count;

    private int Height => RowsEnd + Bottom + NoteHeight * _references.Length;

    private string Draw()
    {
        Add($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}"
                 font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img" aria-label="MemCache bench">
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            """);
        MachineFacts machine = _report.Machine;
        Text(24, 36, 20, Ink, "start", "MemCache bench: ours relative to the machine's limit", "600");
        Text(24, 60, 13, Quiet, "start", Invariant(
            $"larger is better, 1.0 = as fast as the reference; {machine.Processor}, {machine.Cores} cores, ")
            + Invariant($"medians of {machine.Rounds} rounds"));
        DrawGrid();
        for (int i = 0; i < _report.Rows.Count; i++)
        {
            DrawRow(_report.Rows[i], Top + i * RowHeight);
        }

        DrawReferenceLine();
        for (int i = 0; i < _references.Length; i++)
        {
            Text(24, RowsEnd + Bottom + i * NoteHeight, 12, Quiet, "start", $"reference: {_references[i]}");
        }

        Add($"</svg>");
        return _svg.ToString();
    }

    private void DrawGrid()
    {
        double step = _scaleMax > 5 ? 1 : _scaleMax > 2.5 ? 0.5 : 0.25;
        int bottom = RowsEnd;
        for (double tick = 0; tick <= _scaleMax + 0.001; tick += step)
        {
            Add($"""<line x1="{X(tick):0.0}" y1="{Top - 4}" x2="{X(tick):0.0}" y2="{bottom}" stroke="{Grid}"/>""");
            Text(X(tick), bottom + 18, 12, Quiet, "middle", Invariant($"{tick:0.##}"));
        }
    }

    private void DrawRow(BenchRow row, int top)
    {
        int baseline = top + BarHeight - 5;
        double end = X(row.Ratio);
        Text(LabelWidth - 12, baseline, 14, Ink, "end", row.Name);
        Add($"""
            <rect x="{LabelWidth}" y="{top}" width="{end - LabelWidth:0.0}" height="{BarHeight}" rx="2" fill="{Bar}"/>
            """);
        string figure = Invariant($"{row.Ratio:0.00}");
        if (end - LabelWidth > FigureInsideWidthMin)
        {
            Text(end - 6, baseline, 13, "#ffffff", "end", figure, "600");
        }
        else
        {
            Text(end + 6, baseline, 13, Ink, "start", figure, "600");
        }

        Text(Width - FigureWidth + 16, baseline, 13, Quiet, "start",
            $"{BenchTable.Figure(row.Value, row.Unit)} to {BenchTable.Figure(row.ReferenceValue, row.Unit)}");
    }

    private void DrawReferenceLine() => Add(
        $"""
        <line x1="{X(1):0.0}" y1="{Top - 12}" x2="{X(1):0.0}" y2="{RowsEnd}"
              stroke="{Line}" stroke-width="2" stroke-dasharray="5 4"/>
        """);

    private double X(double ratio) => LabelWidth + (Width - LabelWidth - FigureWidth) * ratio / _scaleMax;

    private void Text(
        double x, double y, int size, string colour, string anchor, string text, string weight = "400") => Add(
        $"""
        <text x="{x:0.0}" y="{y:0.0}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}"
        >{SecurityElement.Escape(text)}</text>
        """);

    private void Add(FormattableString element) => _svg.AppendLine(element.ToString(CultureInfo.InvariantCulture));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
