namespace MemCache.Protocol;

/// <summary>
/// Bounds of texts and lists that only the protocol knows; the others are in <see cref="Core.Limits"/>.
/// </summary>
public static class WireLimits
{
    /// <summary>Longest host identity: a boot id and a directory's device and inode in text.</summary>
    public const int HostIdBytesMax = 128;

    /// <summary>Longest software version text.</summary>
    public const int VersionTextBytesMax = 64;

    /// <summary>
    /// Longest path of a Unix socket: what the kernel's address structure holds, without its final zero.
    /// </summary>
    public const int UnixPathBytesMax = 107;

    /// <summary>Longest data address: scheme, a host name of 253 characters, port.</summary>
    public const int DataAddressBytesMax = 270;

    /// <summary>Longest text of an error reply.</summary>
    public const int ErrorTextBytesMax = 512;

    /// <summary>
    /// Orphans handed out or confirmed by one heartbeat. More wait for the next one: a batch of 16,384 is through in 16
    /// heartbeats, and resolving this many takes the owner well under a heartbeat's interval.
    /// </summary>
    public const int OrphanCountMax = 1024;

    /// <summary>
    /// Replicas that one request of a mover takes: the answer is made on the serving thread's stack, and this many
    /// blocks are some hundred MB.
    /// </summary>
    public const int MoveCountMax = 16;

    /// <summary>Segments in one statistics or registry reply.</summary>
    public const int SegmentCountMax = Core.Limits.SegmentCountMax;

    /// <summary>
    /// Replicas in one frame of a restore: about 2 ms of an I/O thread, which serves other clients in between.
    /// </summary>
    public const int RestoreCountMax = 2048;

    /// <summary>
    /// Removed blobs that one heartbeat's reply names. More wait for the next one, which then comes at once.
    /// </summary>
    public const int RetirementCountMax = 4096;

    /// <summary>
    /// Counters in one report: twice what this version has, so that a later one has room, and some microseconds of an
    /// I/O thread.
    /// </summary>
    public const int ReportEntryCountMax = 1600;
}
