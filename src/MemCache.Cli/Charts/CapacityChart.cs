namespace MemCache.Cli;

/// <summary>
/// A chart of hit ratios over capacities, these on a logarithmic axis, with room for a key at the right.
/// </summary>
internal abstract class CapacityChart : SvgChart
{
    private const int Left = 72;
    private const int Right = 220;
    private const int Top = 88;
    private const int Bottom = 72;
    private const int LabelDistanceMin = 56;

    private readonly double _capacityMin;
    private readonly double _capacityMax;
    private readonly double _ratioMax;

    /// <summary>A chart with axes for these points.</summary>
    protected CapacityChart(IReadOnlyCollection<(double Capacity, double HitRatio)> points)
        : base(width: 960)
    {
        _capacityMin = points.Select(point => point.Capacity).DefaultIfEmpty(1).Min();
        _capacityMax = Math.Max(points.Select(point => point.Capacity).DefaultIfEmpty(1).Max(), _capacityMin * 2);
        double largest = points.Select(point => point.HitRatio).DefaultIfEmpty(0).Max();
        _ratioMax = Math.Clamp(Math.Ceiling(largest * 10.5) / 10, 0.1, 1);
    }

    /// <inheritdoc/>
    protected override int Height => 560;

    /// <summary>Draws the axes.</summary>
    /// <param name="ticks">Capacities in order, with what is written at them.</param>
    /// <param name="axis">What the capacities are.</param>
    protected void DrawGrid(IEnumerable<(double Capacity, string Label)> ticks, string axis)
    {
        double step = _ratioMax > 0.5 ? 0.1 : 0.05;
        for (double ratio = 0; ratio <= _ratioMax + 1e-9; ratio += step)
        {
            DrawGridLine(Left, Y(ratio), Width - Right, Y(ratio));
            Text(Left - 10, Y(ratio) + 4, 12, Quiet, "end", Invariant($"{ratio:0.00}"));
        }

        double end = double.NegativeInfinity;
        foreach ((double capacity, string label) in ticks)
        {
            DrawGridLine(X(capacity), Top, X(capacity), Height - Bottom);
            if (X(capacity) - end > LabelDistanceMin)
            {
                Text(X(capacity), Height - Bottom + 18, 12, Quiet, "middle", label);
                end = X(capacity);
            }
        }

        Text((Left + Width - Right) / 2.0, Height - 20, 12, Quiet, "middle", axis);
    }

    /// <summary>An entry of the key.</summary>
    protected void DrawKey(int line, string colour, string dashes, string name)
    {
        int y = Top + 12 + line * 24;
        int x = Width - Right + 24;
        Add($"""
            <line x1="{x}" y1="{y}" x2="{x + 28}" y2="{y}"
                  stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>
            """);
        Text(x + 36, y + 4, 13, Ink, "start", name);
    }

    /// <summary>Where a capacity is.</summary>
    protected double X(double capacity) =>
        Left + (Width - Left - Right) * Math.Log(capacity / _capacityMin) / Math.Log(_capacityMax / _capacityMin);

    /// <summary>Where a hit ratio is.</summary>
    protected double Y(double ratio) => Height - Bottom - (Height - Top - Bottom) * ratio / _ratioMax;
}
