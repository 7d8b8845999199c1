using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>Everything the MetaService logs. Event ids 5000 .. 5999 belong to it and are never used again for something else.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "MetaService {Version} starts: epoch {Epoch}, instance {Instance}, process {ProcessId}, {Configuration}")]
    public static partial void Starting(ILogger logger, string version, ulong epoch, string instance, int processId, string configuration);

    [LoggerMessage(5001, LogLevel.Information, "ready: data {DataAddress}, membership {MembershipAddress}, unix socket {UnixPath}, http {HttpAddress}")]
    public static partial void Ready(ILogger logger, string dataAddress, string membershipAddress, string unixPath, string httpAddress);

    [LoggerMessage(5002, LogLevel.Information, "stopping: {Signal}")]
    public static partial void Stopping(ILogger logger, string signal);

    [LoggerMessage(5003, LogLevel.Information, "stopped after {Milliseconds} ms")]
    public static partial void Stopped(ILogger logger, long milliseconds);

    [LoggerMessage(5004, LogLevel.Warning, "configuration: {Warning}")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);

    // 5005 was a log file that can't be written: the log's writer says so itself.

    [LoggerMessage(5006, LogLevel.Warning, "no unix socket: {Reason}; clients of this host will use TCP")]
    public static partial void UnixSocketUnusable(ILogger logger, string reason);

    [LoggerMessage(5007, LogLevel.Information, "configuration reloaded: {Changes}")]
    public static partial void Reloaded(ILogger logger, string changes);

    [LoggerMessage(5008, LogLevel.Error, "configuration not reloaded, the old one stays: {Problem}")]
    public static partial void ReloadFailed(ILogger logger, string problem);

    [LoggerMessage(5700, LogLevel.Warning, "changed in the configuration file, takes effect at the next start: {Changes}")]
    public static partial void ReloadWaits(ILogger logger, string changes);

    [LoggerMessage(5009, LogLevel.Critical, "can't start: {Reason}")]
    public static partial void StartFailed(ILogger logger, string reason);

    [LoggerMessage(5100, LogLevel.Critical, "an I/O thread failed")]
    public static partial void IoThreadFailed(ILogger logger, Exception exception);

    [LoggerMessage(5101, LogLevel.Warning, "{Address}: can't accept for a moment: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string address, string reason);

    [LoggerMessage(5102, LogLevel.Warning, "{Address}: connection refused, {CountMax} are open")]
    public static partial void ConnectionRefused(ILogger logger, string address, int countMax);

    [LoggerMessage(5103, LogLevel.Information, "{Address}: connection closed, its deadline passed (reply waiting: {ReplyWaiting})")]
    public static partial void ConnectionTimedOut(ILogger logger, string address, bool replyWaiting);

    [LoggerMessage(5104, LogLevel.Warning, "{Address}: frame refused (other version: {IsOtherVersion}, {Version})")]
    public static partial void FrameRefused(ILogger logger, string address, bool isOtherVersion, ushort version);

    [LoggerMessage(5105, LogLevel.Error, "request {Opcode} failed")]
    public static partial void RequestFailed(ILogger logger, Opcode opcode, Exception exception);

    [LoggerMessage(5106, LogLevel.Warning, "{Address}: payload of {Opcode} refused")]
    public static partial void PayloadRefused(ILogger logger, string address, Opcode opcode);

    [LoggerMessage(5110, LogLevel.Information, "{Session} ({Rank}, {Segment}) brings its content back")]
    public static partial void Restoring(ILogger logger, SessionId session, RankId rank, SegmentId segment);

    [LoggerMessage(
        5111, LogLevel.Information,
        "{Session} ({Rank}, {Segment}) brought back {Count} replicas, {Refused} were refused")]
    public static partial void Restored(
        ILogger logger, SessionId session, RankId rank, SegmentId segment, long count, long refused);

    [LoggerMessage(5200, LogLevel.Information, "{Session} joined as {Rank}, {Segment} with {DataBytes} bytes; process {ProcessId}, version {Version}")]
    public static partial void Joined(
        ILogger logger, SessionId session, RankId rank, SegmentId segment, long dataBytes, int processId, string version);

    [LoggerMessage(5201, LogLevel.Warning, "join refused: {Status}, {Reason}")]
    public static partial void JoinRefused(ILogger logger, MmcStatus status, string reason);

    [LoggerMessage(5202, LogLevel.Information, "{Session} ({Rank}) left")]
    public static partial void Left(ILogger logger, SessionId session, RankId rank);

    [LoggerMessage(5203, LogLevel.Warning, "{Session} ({Rank}) is lost: {Cause}")]
    public static partial void Lost(ILogger logger, SessionId session, RankId rank, SessionEnd cause);

    [LoggerMessage(5204, LogLevel.Warning, "this process stood still for {Milliseconds} ms; sessions get that time on top")]
    public static partial void StoodStill(ILogger logger, long milliseconds);

    [LoggerMessage(5220, LogLevel.Information, "{Job} begins: {Segments}, policy {Policy}, {Remaining} blobs")]
    public static partial void DrainBegan(
        ILogger logger, string job, string segments, Meta.DrainPolicy policy, long remaining);

    [LoggerMessage(
        5221, LogLevel.Information,
        "{Job} is {State}: {Moved} replicas moved ({Bytes} bytes), {Remaining} blobs left. {Error}")]
    public static partial void DrainEnded(
        ILogger logger, string job, DrainState state, long moved, long bytes, long remaining, string error);

    [LoggerMessage(5222, LogLevel.Information, "repairs of lost replicas: {BytesPerSecond} bytes a second (0: off)")]
    public static partial void RepairRate(ILogger logger, long bytesPerSecond);

    [LoggerMessage(5300, LogLevel.Information, "summary: {Line}")]
    public static partial void Summary(ILogger logger, string line);

    [LoggerMessage(5301, LogLevel.Critical, "the maintenance thread failed")]
    public static partial void MaintenanceFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        5310, LogLevel.Warning, "{Address}: {Peer} is turned away: {Reason} ({Unlogged} more before, not logged)")]
    public static partial void HandshakeFailed(ILogger logger, string address, string peer, string reason, long unlogged);

    [LoggerMessage(5311, LogLevel.Error, "looking after certificates failed")]
    public static partial void TlsRefreshFailed(ILogger logger, Exception exception);

    [LoggerMessage(5400, LogLevel.Error, "HTTP: {Method} {Path} failed")]
    public static partial void HttpCallFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(5401, LogLevel.Information, "HTTP: {Method} {Path} by {Peer}")]
    public static partial void HttpChanged(ILogger logger, string method, string path, string peer);

    [LoggerMessage(5402, LogLevel.Information, "HTTP: {Count} bearer tokens read")]
    public static partial void TokensReloaded(ILogger logger, int count);

    [LoggerMessage(5403, LogLevel.Error, "HTTP: bearer tokens not read, the old ones stay: {Problem}")]
    public static partial void TokensNotReloaded(ILogger logger, string problem);

    [LoggerMessage(5404, LogLevel.Information, "HTTPS: certificate '{Subject}' read, {Days} days left")]
    public static partial void HttpsReloaded(ILogger logger, string subject, long days);

    [LoggerMessage(5405, LogLevel.Error, "HTTPS: certificate not read, the old one stays: {Problem}")]
    public static partial void HttpsNotReloaded(ILogger logger, string problem);

    [LoggerMessage(
        5406, LogLevel.Warning,
        "HTTP: {Method} {Path} by {Peer} refused: no valid token ({Unlogged} more before, not logged)")]
    public static partial void HttpUnauthorized(
        ILogger logger, string method, string path, string peer, long unlogged);
}
