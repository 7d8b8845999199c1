using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// One segment that is reached through a transport. Thread-safe. Disposing lets running operations end.
/// </summary>
public abstract class RemoteSegment(SegmentUuid uuid, RankId rank) : IDisposable
{
    /// <summary>Which segment.</summary>
    public SegmentUuid Uuid { get; } = uuid;

    /// <summary>Whose it is.</summary>
    public RankId Rank { get; } = rank;

    /// <summary>
    /// <see langword="false"/> from a failure (no connection, no progress) until the transport has found out by itself
    /// that the peer answers again: operations fail at once meanwhile, so a cut-off peer costs one slow call and not
    /// one each.
    /// </summary>
    public abstract bool IsReachable { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
