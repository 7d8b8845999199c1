using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>Writes the reports as JSON, on one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DemoReport))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(ReplayReport))]
[JsonSerializable(typeof(SoakReport))]
[JsonSerializable(typeof(ConfigReport[]))]
[JsonSerializable(typeof(PoolRates))]
internal sealed partial class CliJson : JsonSerializerContext;
