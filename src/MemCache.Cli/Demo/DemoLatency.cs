using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>How long the calls of one operation took.</summary>
internal sealed record DemoLatency
{
    /// <summary>Median duration of a call, in microseconds.</summary>
    [JsonPropertyName("p50_us")]
    public required double P50Microseconds { get; init; }

    /// <summary>Duration that 99 % of the calls do not exceed, in microseconds.</summary>
    [JsonPropertyName("p99_us")]
    public required double P99Microseconds { get; init; }

    /// <summary>Number of calls, each for a whole batch.</summary>
    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>The figures of a histogram.</summary>
    public static DemoLatency Of(LatencyHistogram histogram) => new()
    {
        P50Microseconds = Math.Round(histogram.Microseconds(0.50), 1),
        P99Microseconds = Math.Round(histogram.Microseconds(0.99), 1),
        Calls = histogram.Count,
    };
}
