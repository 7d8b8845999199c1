namespace MemCache.Cli;

/// <summary>One operation between two looks at a pool.</summary>
/// <param name="Name">As the metrics name it.</param>
/// <param name="RequestsPerSecond">Requests a second.</param>
/// <param name="KeysPerSecond">Keys in them, a second.</param>
/// <param name="FailuresPerSecond">Failed ones, a second.</param>
/// <param name="P50Microseconds">Half of them took at most this long in the MetaService.</param>
/// <param name="P99Microseconds">99 of 100 took at most this long in the MetaService.</param>
internal sealed record OperationRate(
    string Name, double RequestsPerSecond, double KeysPerSecond, double FailuresPerSecond, double P50Microseconds,
    double P99Microseconds);
