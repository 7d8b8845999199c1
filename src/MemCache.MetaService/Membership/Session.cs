using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>One joined client. Changed under the lock of <see cref="SessionTable"/>; <see cref="IsOpen"/> is read by every request.</summary>
internal sealed class Session(SessionId id, RankId rank, SegmentId segment, ulong host, byte[] livenessFileName)
{
    // Written once, under the table's lock.
    private volatile bool _isOver;

    /// <summary>Its number.</summary>
    public SessionId Id { get; } = id;

    /// <summary>Its rank, or none without memory.</summary>
    public RankId Rank { get; } = rank;

    /// <summary>What it mounted, or none.</summary>
    public SegmentId Segment { get; } = segment;

    /// <summary>Its <see cref="HostNumber"/>.</summary>
    public ulong Host { get; } = host;

    /// <summary>Who holds a lock on this file is alive.</summary>
    public byte[] LivenessFileName { get; } = livenessFileName;

    /// <summary>Which host it runs on, as it names it.</summary>
    public byte[] HostId { get; init; } = [];

    /// <summary>Process id on that host.</summary>
    public int ProcessId { get; init; }

    /// <summary>Version of its software, as it says.</summary>
    public byte[] SoftwareVersion { get; init; } = [];

    /// <summary>When it joined.</summary>
    public long JoinedMs { get; init; }

    /// <summary>The connection whose end is the end of the session.</summary>
    public ServerConnection? Membership { get; set; }

    /// <summary>When the client was last heard.</summary>
    public long HeardMs { get; set; }

    /// <summary>
    /// Replicas that its segment brought back. Single writer: the I/O thread of its membership connection.
    /// </summary>
    public long RestoredCount { get; set; }

    /// <summary>Replicas that were refused. Single writer: as above.</summary>
    public long RefusedCount { get; set; }

    /// <summary>Whether requests may act for it.</summary>
    public bool IsOpen => !_isOver;

    /// <summary>Ends it for all requests that come.</summary>
    public void MarkOver() => _isOver = true;
}
