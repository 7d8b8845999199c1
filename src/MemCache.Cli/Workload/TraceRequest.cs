namespace MemCache.Cli;

/// <summary>One request of a workload: a prompt as the ids of its prefix blocks, in order.</summary>
/// <param name="TimestampMs">When it arrives, in milliseconds from the start of the workload.</param>
/// <param name="HashIds">The prompt's blocks, first to last. Equal ids mean the same block after the same
/// prefix.</param>
internal sealed record TraceRequest(double TimestampMs, ulong[] HashIds);
