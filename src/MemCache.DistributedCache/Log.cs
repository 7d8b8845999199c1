using MemCache.Core;
using Microsoft.Extensions.Logging;

namespace MemCache.DistributedCache;

/// <summary>Everything that the cache logs: events 8000 .. 8999.</summary>
internal static partial class Log
{
    [LoggerMessage(
        8000, LogLevel.Warning, "the pool can't be opened yet: {Status} {Reason}; the cache is empty until it can")]
    public static partial void NotOpened(ILogger logger, MmcStatus status, string reason);

    [LoggerMessage(8001, LogLevel.Error, "the pool can't be opened: {Status} {Reason}; the cache stays empty")]
    public static partial void NeverOpened(ILogger logger, MmcStatus status, string reason);

    [LoggerMessage(8002, LogLevel.Information, "the pool is open")]
    public static partial void Opened(ILogger logger);

    [LoggerMessage(8003, LogLevel.Warning, "{Operation} failed: {Status}; {Count} operations since the last such line")]
    public static partial void OperationFailed(ILogger logger, CacheOperation operation, MmcStatus status, long count);

    [LoggerMessage(8004, LogLevel.Warning, "{Text}")]
    public static partial void Configuration(ILogger logger, string text);
}
