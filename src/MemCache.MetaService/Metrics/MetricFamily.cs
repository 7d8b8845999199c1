namespace MemCache.MetaService;

/// <summary>One metric as the reference page shows it.</summary>
/// <param name="Section">What it is about.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">counter, gauge or histogram.</param>
/// <param name="Labels">Names of its labels, apart by commas.</param>
/// <param name="Help">What it means.</param>
internal sealed record MetricFamily(string Section, string Name, string Type, string Labels, string Help)
{
    /// <summary>What is counted or measured, as its name says it.</summary>
    public string Unit =>
        Name.Contains("_seconds", StringComparison.Ordinal) ? "seconds"
        : Name.Contains("_bytes", StringComparison.Ordinal) ? "bytes"
        : Name.Contains("_ratio", StringComparison.Ordinal) && !Name.EndsWith("_references", StringComparison.Ordinal)
            ? "ratio"
        : "";
}
