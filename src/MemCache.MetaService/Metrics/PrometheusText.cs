using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// Writes the Prometheus text format, version 0.0.4, and remembers what it has written about: the reference page is
/// made of that.
/// </summary>
internal sealed class PrometheusText(IBufferWriter<byte> output)
{
    private const int LineBytesMax = 1024;

    private readonly List<MetricFamily> _families = [];
    private string _section = "";
    private string _name = "";

    /// <summary>Every metric that was begun, in order.</summary>
    public IReadOnlyList<MetricFamily> Families => _families;

    /// <summary>What the metrics that follow are about; for the reference page only.</summary>
    public void Section(string title) => _section = title;

    /// <summary>Begins a metric: everything up to the next call of this belongs to it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">counter, gauge or histogram.</param>
    /// <param name="labels">Names of its labels, apart by commas; empty if it has none.</param>
    /// <param name="help">What it means.</param>
    public PrometheusText Begin(string name, string type, string labels, string help)
    {
        _families.Add(new MetricFamily(_section, name, type, labels, help));
        _name = name;
        Append($"# HELP {name} {help}\n");
        Append($"# TYPE {name} {type}\n");
        return this;
    }

    /// <summary>One value of the metric; <paramref name="labels"/> as written between the braces, or empty.</summary>
    public PrometheusText Value(string labels, double value) => Line("", labels, value);

    /// <summary>A metric with one value.</summary>
    public void Single(string name, string type, string help, double value) =>
        Begin(name, type, "", help).Value("", value);

    /// <summary>One histogram of the metric.</summary>
    /// <param name="labels">As written between the braces, or empty.</param>
    /// <param name="buckets">Counts by <see cref="LatencyBuckets"/>.</param>
    /// <param name="seconds">Sum of the durations.</param>
    public void Histogram(string labels, ReadOnlySpan<long> buckets, double seconds)
    {
        string before = labels.Length == 0 ? "" : labels + ",";
        long count = 0;
        for (int i = 0; i < LatencyBuckets.Count; i++)
        {
            count += buckets[i];
            double bound = LatencyBuckets.BoundSeconds(i);
            string text = double.IsFinite(bound) ? bound.ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            _ = Line("_bucket", $"{before}le=\"{text}\"", count);
        }

        _ = Line("_sum", labels, seconds);
        _ = Line("_count", labels, count);
    }

    private PrometheusText Line(string suffix, string labels, double value)
    {
        // A label's value is a name of ours, so no line comes near the limit; what would is left out, not cut.
        Span<byte> room = output.GetSpan(LineBytesMax);
        (string open, string close) = labels.Length > 0 ? ("{", "}") : ("", "");
        if (Utf8.TryWrite(
            room, CultureInfo.InvariantCulture, $"{_name}{suffix}{open}{labels}{close} {value:R}\n", out int written))
        {
            output.Advance(written);
        }

        return this;
    }

    private void Append(string line) => _ = Encoding.UTF8.GetBytes(line, output);
}
