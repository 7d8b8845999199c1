using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>
/// One figure of the bench beside what it is measured against. The JSON names are a contract: added to, never changed.
/// </summary>
internal sealed record BenchRow
{
    /// <summary>For example <c>get_122x_local</c>.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Ours: the median over the rounds.</summary>
    [JsonPropertyName("value")]
    public required double Value { get; init; }

    /// <summary><c>GB/s</c> (10^9 bytes, larger is better) or <c>us</c> (smaller is better), of <see cref="Value"/> and
    /// <see cref="ReferenceValue"/>.</summary>
    [JsonPropertyName("unit")]
    public required string Unit { get; init; }

    /// <summary>What the reference is, in words.</summary>
    [JsonPropertyName("reference")]
    public required string Reference { get; init; }

    /// <summary>The reference: the median over the same rounds.</summary>
    [JsonPropertyName("reference_value")]
    public required double ReferenceValue { get; init; }

    /// <summary>Ours relative to the reference so that larger is better; 1: as fast as the reference.</summary>
    [JsonPropertyName("ratio")]
    public required double Ratio { get; init; }

    /// <summary>A row whose values are speeds.</summary>
    public static BenchRow OfSpeed(string name, double value, string reference, double referenceValue) =>
        Of(name, value, "GB/s", reference, referenceValue, value / referenceValue);

    /// <summary>A row whose values are durations.</summary>
    public static BenchRow OfDuration(string name, double value, string reference, double referenceValue) =>
        Of(name, value, "us", reference, referenceValue, referenceValue / value);

    private static BenchRow Of(
        string name, double value, string unit, string reference, double referenceValue, double ratio) =>
        new()
        {
            Name = name,
            Value = Math.Round(value, 3),
            Unit = unit,
            Reference = reference,
            ReferenceValue = Math.Round(referenceValue, 3),
            Ratio = Math.Round(ratio, 3),
        };
}
