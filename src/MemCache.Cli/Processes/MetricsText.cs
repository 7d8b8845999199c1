using System.Globalization;

namespace MemCache.Cli;

/// <summary>Reads the text that a MetaService's metrics come as.</summary>
internal static class MetricsText
{
    /// <summary>The sum of a metric over its labels; 0 if there is no sample of it.</summary>
    public static double Sum(string metrics, string name)
    {
        double sum = 0;
        foreach (string line in metrics.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal)
                && line.Length > name.Length && line[name.Length] is ' ' or '{'
                && double.TryParse(
                    line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture, out double value))
            {
                sum += value;
            }
        }

        return sum;
    }
}
