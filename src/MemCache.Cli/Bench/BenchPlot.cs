namespace MemCache.Cli;

/// <summary>Draws the ratios of a bench as a bar chart with a line at 1.</summary>
internal sealed class BenchPlot : SvgChart
{
    private const int LabelWidth = 220;
    private const int FigureWidth = 250;
    private const int FigureInsideWidthMin = 44;
    private const int Top = 96;
    private const int RowHeight = 34;
    private const int BarHeight = 20;
    private const int Bottom = 44;
    private const int NoteHeight = 18;
    private const string Bar = "#2f6fb2";
    private const string Line = "#c2410c";

    private readonly BenchReport _report;
    private readonly string[] _references;
    private readonly double _scaleMax;

    private BenchPlot(BenchReport report)
        : base(width: 960)
    {
        _report = report;
        _references = [.. report.Rows.Select(row => row.Reference).Distinct()];
        double largest = report.Rows.Select(row => row.Ratio).DefaultIfEmpty(1).Max();
        _scaleMax = Math.Max(1.25, Math.Ceiling(largest * 1.05 / 0.25) * 0.25);
    }

    /// <summary>The picture as the text of an SVG file.</summary>
    public static string Draw(BenchReport report)
    {
        MachineFacts machine = report.Machine;
        return new BenchPlot(report).Draw(
            "MemCache bench", "MemCache bench: ours relative to the machine's limit",
            Invariant($"larger is better, 1.0 = as fast as the reference; {machine.Processor}, {machine.Cores} cores, ")
            + Invariant($"medians of {machine.Rounds} rounds"));
    }

    private int RowsEnd => Top + RowHeight * _report.Rows.Count;

    /// <inheritdoc/>
    protected override int Height => RowsEnd + Bottom + NoteHeight * _references.Length;

    /// <inheritdoc/>
    protected override void DrawContent()
    {
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
    }

    private void DrawGrid()
    {
        double step = _scaleMax > 5 ? 1 : _scaleMax > 2.5 ? 0.5 : 0.25;
        int bottom = RowsEnd;
        for (double tick = 0; tick <= _scaleMax + 0.001; tick += step)
        {
            DrawGridLine(X(tick), Top - 4, X(tick), bottom);
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
}
