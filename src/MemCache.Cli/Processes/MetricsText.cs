using System.Globalization;

namespace MemCache.Cli;

/// <summary>Reads the text that a MetaService's metrics come as.</summary>
internal static class MetricsText
{
    /// <summary>The sum of a metric over its labels; 0 if there is no sample of it.</summary>
    public static double Sum(string metrics, string name) => SumWhere(metrics, name, static _ => true);

    /// <summary>The sum over the samples with this label.</summary>
    public static double Sum(string metrics, string name, string label, string value) =>
        SumWhere(metrics, name, line => Has(line, label, value));

    /// <summary>The sum over the samples with these two labels.</summary>
    public static double Sum(
        string metrics, string name, string label, string value, string otherLabel, string otherValue) =>
        SumWhere(metrics, name, line => Has(line, label, value) && Has(line, otherLabel, otherValue));

    /// <summary>The different values of a label of a metric, in the order they come in.</summary>
    public static IReadOnlyList<string> Values(string metrics, string name, string label)
    {
        var values = new List<string>();
        string begin = $"{label}=\"";
        foreach (string line in metrics.Split('\n').Where(line => IsSample(line, name)))
        {
            int at = line.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            int end = at < begin.Length ? -1 : line.IndexOf('"', at);
            if (end >= 0 && !values.Contains(line[at..end]))
            {
                values.Add(line[at..end]);
            }
        }

        return values;
    }

    private static double SumWhere(string metrics, string name, Predicate<string> isWanted)
    {
        double sum = 0;
        foreach (string line in metrics.Split('\n'))
        {
            if (IsSample(line, name) && isWanted(line)
                && double.TryParse(
                    line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture, out double value))
            {
                sum += value;
            }
        }

        return sum;
    }

    private static bool IsSample(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{';

    private static bool Has(string line, string label, string value) =>
        line.Contains($"{label}=\"{value}\"", StringComparison.Ordinal);
}
