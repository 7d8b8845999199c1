using System.Text.Json;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>Draws a pool's estimate of its hit ratio over capacities.</summary>
internal sealed class MrcPlot : CapacityChart
{
    private const string Colour = "#2f6fb2";
    private const string NowColour = "#c2410c";

    private readonly JsonElement[] _points;

    private MrcPlot(JsonElement[] points)
        : base([.. points.Select(PlaceOf)]) => _points = points;

    /// <summary>
    /// The picture of an answer of <c>/api/v1/analysis/miss_ratio_curve</c> as the text of an SVG file.
    /// </summary>
    public static string Draw(JsonElement curve) => new MrcPlot([.. curve.List("points")]).Draw(
        "MemCache miss-ratio curve", "MemCache: what more memory would give",
        $"hit ratio over capacity, estimated from {curve.Count("references")} references of the pool's own traffic");

    /// <inheritdoc/>
    protected override void DrawContent()
    {
        DrawGrid(
            _points.Select(point => (PlaceOf(point).Capacity, ByteSize.Format((long)PlaceOf(point).Capacity))),
            "capacity, logarithmic");
        DrawLine(_points.Select(PlaceOf).Select(place => (X(place.Capacity), Y(place.HitRatio))), Colour, "none");
        DrawKey(0, Colour, "none", "estimate");
        JsonElement[] now = [.. _points.Where(point => Math.Abs(point.Number("capacity_factor") - 1) < 1e-9)];
        foreach ((double capacity, double ratio) in now.Select(PlaceOf))
        {
            DrawLine([(X(capacity), Y(0)), (X(capacity), Y(ratio))], NowColour, "5 4");
            DrawKey(1, NowColour, "5 4", "capacity now");
        }
    }

    private static (double Capacity, double HitRatio) PlaceOf(JsonElement point) =>
        (Math.Max(1, point.Number("capacity_bytes")), point.Number("hit_ratio"));
}
