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

    [LoggerMessage(3100, LogLevel.Information, "data port listens on {Address}")]
    public static partial void DataServerListens(ILogger logger, string address);

    [LoggerMessage(
        3101, LogLevel.Warning, "data port refused {Peer}: {Kind} {Detail} (further ones of this peer are only counted for a minute)")]
    public static partial void PeerRefused(ILogger logger, string peer, TcpRefusal kind, string detail);

    [LoggerMessage(3102, LogLevel.Warning, "data port {Address} cannot accept: {Reason}")]
    public static partial void DataAcceptFailed(ILogger logger, string address, string reason);

    [LoggerMessage(3103, LogLevel.Error, "a thread of data port {Address} failed; its connections are closed")]
    public static partial void DataThreadFailed(ILogger logger, string address, Exception exception);

    [LoggerMessage(3104, LogLevel.Warning, "rank {Rank} at {Address} is not reachable: {Reason}")]
    public static partial void PeerLost(ILogger logger, int rank, string address, string reason);

    [LoggerMessage(3105, LogLevel.Information, "rank {Rank} at {Address} is reachable again")]
    public static partial void PeerFound(ILogger logger, int rank, string address);

    [LoggerMessage(3106, LogLevel.Error, "the thread that looks after lost peers failed")]
    public static partial void ProbeFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        3200, LogLevel.Information, "{Prefix}: TLS by {Library}, certificate '{Subject}', good for {Days} days")]
    public static partial void TlsReady(ILogger logger, string prefix, string library, string subject, long days);

    [LoggerMessage(
        3201, LogLevel.Information, "{Prefix}: files reloaded, certificate '{Subject}', good for {Days} days")]
    public static partial void TlsReloaded(ILogger logger, string prefix, string subject, long days);

    [LoggerMessage(3202, LogLevel.Error, "{Prefix}: changed files can't be used, the old ones stay: {Problems}")]
    public static partial void TlsNotReloaded(ILogger logger, string prefix, string problems);

    [LoggerMessage(3203, LogLevel.Warning, "{Prefix}.{File} expires in {Days} days")]
    public static partial void TlsExpiresSoon(ILogger logger, string prefix, string file, long days);

    [LoggerMessage(3204, LogLevel.Error, "{Prefix}.{File} has expired: peers refuse connections")]
    public static partial void TlsExpired(ILogger logger, string prefix, string file);

    [LoggerMessage(
        3205, LogLevel.Information, "{Prefix}.enable has no effect on {Url}: the kernel lets in this user only")]
    public static partial void TlsNeedless(ILogger logger, string prefix, string url);
}
