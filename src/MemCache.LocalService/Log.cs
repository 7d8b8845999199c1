using MemCache.Core;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>Everything that a LocalService logs: events 4000 .. 4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "joined as {Rank}, {Session}, epoch {Epoch}, contributing {SizeText}")]
    public static partial void Joined(ILogger logger, RankId rank, SessionId session, ulong epoch, string sizeText);

    [LoggerMessage(4001, LogLevel.Warning, "lost the MetaService at {Url}: {Reason}; joining again")]
    public static partial void MetaServiceLost(ILogger logger, string url, string reason);

    [LoggerMessage(4002, LogLevel.Warning, "can't join at {Url}: {Status} {Reason}; trying on")]
    public static partial void JoinFailed(ILogger logger, string url, MmcStatus status, string reason);

    [LoggerMessage(4003, LogLevel.Warning, "segment {FileName} of {Rank} can't be mapped: {Status} {Reason}")]
    public static partial void PeerNotMapped(
        ILogger logger, string fileName, RankId rank, MmcStatus status, string reason);

    [LoggerMessage(4004, LogLevel.Information, "left the pool")]
    public static partial void Left(ILogger logger);

    [LoggerMessage(4005, LogLevel.Warning, "{Count} calls still run after {Seconds} s; their connections close when they end")]
    public static partial void CallsStillRunning(ILogger logger, int count, double seconds);

    [LoggerMessage(4006, LogLevel.Warning, "the MetaService has epoch {Epoch}, lower than {Seen} seen before: refused")]
    public static partial void EpochTooOld(ILogger logger, ulong epoch, ulong seen);

    [LoggerMessage(4007, LogLevel.Error, "the membership thread failed and starts over")]
    public static partial void MembershipFailed(ILogger logger, Exception exception);

    [LoggerMessage(4008, LogLevel.Information, "decided {Count} orphaned reservations of lost writers in our segment")]
    public static partial void OrphansResolved(ILogger logger, int count);

    [LoggerMessage(4009, LogLevel.Warning, "the bytes of an object do not have its checksum (segment of {Rank}, offset {Offset})")]
    public static partial void ChecksumMismatch(ILogger logger, RankId rank, long offset);

    [LoggerMessage(4010, LogLevel.Warning, "{Text}")]
    public static partial void Configuration(ILogger logger, string text);

    [LoggerMessage(EventId = 4100, Message = "{Sentence}")]
    public static partial void NotAvailable(ILogger logger, LogLevel level, string sentence);

    [LoggerMessage(4101, LogLevel.Warning, "segment {FileName} of {Rank} can't be mapped: {Reason}; protocol host_shm knows no other way")]
    public static partial void PeerNotMappable(ILogger logger, string fileName, RankId rank, string reason);

    [LoggerMessage(
        4102, LogLevel.Warning,
        "segment {FileName} of {Rank} can't be reached: {Reason}, and its owner does not serve it (protocol host_tcp or an hcom_url there)")]
    public static partial void PeerNotServed(ILogger logger, string fileName, RankId rank, string reason);

    [LoggerMessage(4103, LogLevel.Warning, "other hosts are told to come to {Address}, which leads them to themselves: set hcom_url to an address of this host")]
    public static partial void AddressOfNoUse(ILogger logger, string address);

    [LoggerMessage(4300, LogLevel.Error, "the mover failed and goes on with the next offer")]
    public static partial void MoverFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        4301, LogLevel.Information,
        "made {Count} replicas of other ranks' objects in our segment, {Bytes} bytes")]
    public static partial void Moved(ILogger logger, long count, long bytes);

    [LoggerMessage(
        4302, LogLevel.Warning,
        "the mover lost its connection: {Status}; what it had taken is handed out again")]
    public static partial void MoverInterrupted(ILogger logger, MmcStatus status);

    [LoggerMessage(
        4303, LogLevel.Debug,
        "a replica of {Bytes} bytes could not be made: {Status}; the MetaService tries again")]
    public static partial void MoveFailed(ILogger logger, MmcStatus status, long bytes);

    [LoggerMessage(
        4304, LogLevel.Warning,
        "leaving although not all objects have moved: {Seconds} s are over; what is left is dropped")]
    public static partial void LeavingTooSlow(ILogger logger, int seconds);

    [LoggerMessage(
        4305, LogLevel.Warning,
        "leaving with {Count} blobs in our segment that found no place elsewhere ({Status}); they are dropped")]
    public static partial void LeavingWithObjects(ILogger logger, long count, MmcStatus status);

    [LoggerMessage(4200, LogLevel.Information, "joined as {Rank} with {Objects} objects in our segment and {Held} unfinished ones: bringing them back")]
    public static partial void Restoring(ILogger logger, RankId rank, int objects, int held);

    [LoggerMessage(4201, LogLevel.Information, "brought {Count} replicas back in {Milliseconds} ms, {Refused} were refused")]
    public static partial void Restored(ILogger logger, long count, long milliseconds, long refused);

    [LoggerMessage(4600, LogLevel.Warning, "{Reason}")]
    public static partial void LogFileFailed(ILogger logger, string reason);

    [LoggerMessage(4601, LogLevel.Information, "configuration reloaded: {Changes}")]
    public static partial void Reloaded(ILogger logger, string changes);

    [LoggerMessage(4602, LogLevel.Error, "configuration not reloaded, the old one stays: {Problem}")]
    public static partial void ReloadFailed(ILogger logger, string problem);

    [LoggerMessage(4603, LogLevel.Warning, "changed in the configuration file, takes effect at the next start: {Changes}")]
    public static partial void ReloadWaits(ILogger logger, string changes);
}
