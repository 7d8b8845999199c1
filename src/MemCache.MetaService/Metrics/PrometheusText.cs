using System.Globalization;
using System.Text;

namespace MemCache.MetaService;

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new(32 << 10);

    /// <summary>Begins a metric: everything up to the next call of this belongs to it.</summary>
    public PrometheusText Begin(string name, string type, string help)
    {
        _ = _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _ = _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>One value; <paramref name="labels"/> as written between the braces, or empty.</summary>
    public PrometheusText Value(string name, string labels, double value)
    {
        _ = _text.Append(name);
        if (labels.Length > 0)
        {
            _ = _text.Append('{').Append(labels).Append('}');
        }

        _ = _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>A metric with one value.</summary>
    public PrometheusText Single(string name, string type, string help, double value) =>
        Begin(name, type, help).Value(name, "", value);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
