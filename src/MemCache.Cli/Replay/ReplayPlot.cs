using System.Globalization;
using System.Security;
using System.Text;

namespace MemCache.Cli;

/// <summary>
/// Draws hit ratios over capacities as an SVG chart: a line for each policy, a dashed one for each estimate.
/// </summary>
internal sealed class ReplayPlot
{
    private const int Width = 960;
    private const int Height = 560;
    private const int Left = 72;
    private const int Right = 220;
    private const int Top = 88;
    private const int Bottom = 72;
    private const string Ink = "#1f2933";
    private const string Quiet = "#6b7785";
    private const string Grid = "#e3e7ec";
    private const string EstimateColour = "#7c3aed";

    private static readonly string[] Colours = ["#6b7785", "#2f6fb2", "#c2410c", "#15803d", "#a16207", "#0f766e"];

    private readonly StringBuilder _svg = new();
    private readonly ReplayReport _report;
    private readonly double _capacityMin;
    private readonly double _capacityMax;
    private readonly double _ratioMax;

    private ReplayPlot(ReplayReport report)
    {
        _report = report;
        double[] capacities = [
            .. report.Rows.Select(row => (double)row.CapacityBlocks),
            .. report.Curves.SelectMany(curve => curve.Points).Select(point => point.CapacityBlocks)];
        double[] ratios = [
            .. report.Rows.Select(row => row.HitRatio),
            .. report.Curves.SelectMany(curve => curve.Points).Select(point => point.HitRatio)];
        _capacityMin = capacities.DefaultIfEmpty(1).Min();
        _capacityMax = Math.Max(capacities.DefaultIfEmpty(1).Max(), _capacityMin * 2);
        _ratioMax = Math.Clamp(Math.Ceiling(ratios.DefaultIfEmpty(0).Max() * 10.5) / 10, 0.1, 1);
    }

    /// <summary>The picture as the text of an SVG file.</summary>
    public static string Draw(ReplayReport report) => new ReplayPlot(report).Draw();

    private string Draw()
    {
        Add($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}"
                 font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img" aria-label="MemCache replay">
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            """);
        Text(24, 36, 20, Ink, "start", "MemCache replay: block hit ratio over capacity", "600");
        Text(24, 60, 13, Quiet, "start", Invariant(
            $"{_report.Workload}: {_report.Requests:N0} requests, {_report.BlockReferences:N0} blocks, ")
            + Invariant($"{_report.DistinctBlocks:N0} different ones"));
        DrawGrid();
        DrawLines();
        Add($"</svg>");
        return _svg.ToString();
    }

    private void DrawGrid()
    {
        double step = _ratioMax > 0.5 ? 0.1 : 0.05;
        for (double ratio = 0; ratio <= _ratioMax + 1e-9; ratio += step)
        {
            DrawGridLine(Left, Y(ratio), Width - Right, Y(ratio));
            Text(Left - 10, Y(ratio) + 4, 12, Quiet, "end", Invariant($"{ratio:0.00}"));
        }

        double end = -1e9;
        foreach (int capacity in _report.Rows.Select(row => row.CapacityBlocks).Distinct().Order())
        {
            DrawGridLine(X(capacity), Top, X(capacity), Height - Bottom);
            if (X(capacity) - end > 56)
            {
                Text(X(capacity), Height - Bottom + 18, 12, Quiet, "middle", Invariant($"{capacity:N0}"));
                end = X(capacity);
            }
        }

        Text((Left + Width - Right) / 2.0, Height - 20, 12, Quiet, "middle", "capacity in blocks, logarithmic");
    }

    private void DrawGridLine(double x1, double y1, double x2, double y2) =>
        Add($"""<line x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}" stroke="{Grid}"/>""");

    private void DrawLines()
    {
        int line = 0;
        foreach (IGrouping<string, ReplayRow> policy in _report.Rows.GroupBy(row => row.Policy))
        {
            DrawLine(
                policy.Select(row => (X(row.CapacityBlocks), Y(row.HitRatio))), Colours[line % Colours.Length], "none");
            DrawKey(line, Colours[line % Colours.Length], "none", policy.Key);
            line++;
        }

        foreach (ReplayCurve curve in _report.Curves)
        {
            DrawLine(curve.Points.Select(point => (X(point.CapacityBlocks), Y(point.HitRatio))), EstimateColour, "5 4");
        }

        if (_report.Curves.Count > 0)
        {
            DrawKey(line, EstimateColour, "5 4", "estimates by one pool");
        }
    }

    private void DrawLine(IEnumerable<(double X, double Y)> points, string colour, string dashes)
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

    private void DrawKey(int line, string colour, string dashes, string name)
    {
        int y = Top + 12 + line * 24;
        int x = Width - Right + 24;
        Add($"""
            <line x1="{x}" y1="{y}" x2="{x + 28}" y2="{y}"
                  stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>
            """);
        Text(x + 36, y + 4, 13, Ink, "start", name);
    }

    private double X(double capacity) =>
        Left + (Width - Left - Right) * Math.Log(capacity / _capacityMin) / Math.Log(_capacityMax / _capacityMin);

    private double Y(double ratio) => Height - Bottom - (Height - Top - Bottom) * ratio / _ratioMax;

    private void Text(
        double x, double y, int size, string colour, string anchor, string text, string weight = "400") => Add(
        $"""
        <text x="{x:0.0}" y="{y:0.0}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}"
        >{SecurityElement.Escape(text)}</text>
        """);

    private void Add(FormattableString element) => _svg.AppendLine(element.ToString(CultureInfo.InvariantCulture));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
