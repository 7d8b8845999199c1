using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>The result of a bench. The JSON names are a contract: added to, never changed.</summary>
/// <param name="Rows">The figures.</param>
/// <param name="Machine">Where they were measured.</param>
internal sealed record BenchReport(
    [property: JsonPropertyName("rows")] IReadOnlyList<BenchRow> Rows,
    [property: JsonPropertyName("machine")] MachineFacts Machine);
