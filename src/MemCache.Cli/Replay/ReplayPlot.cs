namespace MemCache.Cli;

/// <summary>
/// Draws hit ratios over capacities: a line for each policy, a dashed one for each estimate.
/// </summary>
internal sealed class ReplayPlot : CapacityChart
{
    private const string EstimateColour = "#7c3aed";

    private static readonly string[] Colours = [Quiet, "#2f6fb2", "#c2410c", "#15803d", "#a16207", "#0f766e"];

    private readonly ReplayReport _report;

    private ReplayPlot(ReplayReport report)
        : base(
            [
                .. report.Rows.Select(row => ((double)row.CapacityBlocks, row.HitRatio)),
                .. report.Curves.SelectMany(curve => curve.Points)
                    .Select(point => ((double)point.CapacityBlocks, point.HitRatio)),
            ]) =>
        _report = report;

    /// <summary>The picture as the text of an SVG file.</summary>
    public static string Draw(ReplayReport report) => new ReplayPlot(report).Draw(
        "MemCache replay", "MemCache replay: block hit ratio over capacity",
        Invariant($"{report.Workload}: {report.Requests:N0} requests, {report.BlockReferences:N0} blocks, ")
        + Invariant($"{report.DistinctBlocks:N0} different ones"));

    /// <inheritdoc/>
    protected override void DrawContent()
    {
        IEnumerable<int> capacities = _report.Rows.Select(row => row.CapacityBlocks).Distinct().Order();
        DrawGrid(
            capacities.Select(capacity => ((double)capacity, Invariant($"{capacity:N0}"))),
            "capacity in blocks, logarithmic");
        DrawLines();
    }

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
}
