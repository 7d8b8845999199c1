using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Set of segments in which freed space helps: all, or the ones of one rank, or all but the ones of some ranks.
/// </summary>
internal readonly ref struct SegmentFilter
{
    private readonly SegmentTable? _segments;
    private readonly RankId _only;
    private readonly ReadOnlySpan<RankId> _except;

    private SegmentFilter(SegmentTable segments, RankId only, ReadOnlySpan<RankId> except)
    {
        _segments = segments;
        _only = only;
        _except = except;
    }

    /// <summary>Every segment.</summary>
    public static SegmentFilter All => default;

    /// <summary>Whether every segment is in it.</summary>
    public bool IsAll => _segments is null;

    /// <summary>The segments of one rank.</summary>
    public static SegmentFilter Only(SegmentTable segments, RankId rank) => new(segments, rank, []);

    /// <summary>All segments in which space can be had, but the ones of these ranks.</summary>
    public static SegmentFilter Except(SegmentTable segments, ReadOnlySpan<RankId> ranks) =>
        ranks.IsEmpty && !segments.HasDraining && !segments.HasRestoring ? All : new(segments, RankId.None, ranks);

    /// <summary>
    /// Whether the segment is in the set and alive, and not drained: what is free there helps nobody.
    /// </summary>
    public bool Contains(ushort segment)
    {
        if (_segments is null)
        {
            return true;
        }

        return _segments.Living(segment) is { TakesBlobs: true } mount
            && (_only == RankId.None ? !_except.Contains(mount.Rank) : mount.Rank == _only);
    }
}
