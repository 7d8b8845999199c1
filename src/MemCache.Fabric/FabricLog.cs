using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>Every log message of this project. Event ids 3000 .. 3999, never reused.</summary>
internal static partial class FabricLog
{
    [LoggerMessage(
        3000, LogLevel.Information, "segment {FileName} of {DataBytes} bytes created in {Directory} with pages {Pages}")]
    public static partial void SegmentCreated(
        ILogger logger, string fileName, long dataBytes, string directory, PageKind pages);

    [LoggerMessage(3001, LogLevel.Information, "no huge pages for shared memory: {Reason}")]
    public static partial void NoHugePages(ILogger logger, string reason);

    [LoggerMessage(3002, LogLevel.Information, "removed stale file {FileName} from {Directory}: its process has ended")]
    public static partial void StaleFileRemoved(ILogger logger, string fileName, string directory);

    [LoggerMessage(3003, LogLevel.Warning, "cannot look for stale files in {Directory}: {Reason}")]
    public static partial void ReaperFailed(ILogger logger, string directory, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "cannot remove stale file {FileName} from {Directory}: {Reason}")]
    public static partial void StaleFileKept(ILogger logger, string fileName, string directory, string reason);
}
