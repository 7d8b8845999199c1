using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>One job: segments that are to be emptied. Guarded by the lock of <see cref="DrainJobs"/>.</summary>
internal sealed class DrainJob(string id, DrainSegment[] segments, DrainPolicy policy, long nowMs)
{
    /// <summary>Its name.</summary>
    public string Id { get; } = id;

    /// <summary>What it empties.</summary>
    public DrainSegment[] Segments { get; } = segments;

    /// <summary>How.</summary>
    public DrainPolicy Policy { get; } = policy;

    /// <summary>How far it is.</summary>
    public DrainState State { get; set; }

    /// <summary>Why it failed.</summary>
    public string Error { get; set; } = "";

    /// <summary>Whether it has not ended.</summary>
    public bool IsActive => State is DrainState.Pending or DrainState.Running;

    /// <summary>When something last left a segment.</summary>
    public long ProgressMs { get; set; } = nowMs;

    /// <summary>Replicas that have left.</summary>
    public long MovedCount => Segments.Sum(segment => segment.Now.MovedCount - segment.Begin.MovedCount);

    /// <summary>Bytes of those.</summary>
    public long MovedBytes => Segments.Sum(segment => segment.Now.MovedBytes - segment.Begin.MovedBytes);

    /// <summary>Blobs that are still there.</summary>
    public long RemainingCount => Segments.Sum(segment => segment.Now.RemainingCount);

    /// <summary>Whether it holds this segment.</summary>
    public bool Has(SegmentId segment) => Segments.Any(own => own.Id == segment);
}
