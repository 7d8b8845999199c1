namespace MemCache.MetaService;

/// <summary>What the sampler of the dashboard logs. Event ids 5800 .. 5899.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(5800, LogLevel.Information, "eviction begins: {UsedBytes} of {CapacityBytes} bytes are taken")]
    public static partial void EvictionBegan(ILogger logger, long usedBytes, long capacityBytes);

    [LoggerMessage(5801, LogLevel.Information, "eviction has ended: {Count} objects in {Seconds} s")]
    public static partial void EvictionEnded(ILogger logger, long count, long seconds);

    [LoggerMessage(5802, LogLevel.Warning, "puts are refused: the pool is full and eviction finds nothing that may go")]
    public static partial void RejectingBegan(ILogger logger);

    [LoggerMessage(5803, LogLevel.Information, "puts are no longer refused: {Count} were in {Seconds} s")]
    public static partial void RejectingEnded(ILogger logger, long count, long seconds);
}
