using MemCache.Core;

namespace MemCache.Meta;

/// <content>What people and their tools look at.</content>
public sealed partial class MetaEngine
{
    /// <summary>
    /// One step of a walk over all objects: looks at a bounded number of records in one short hold of one shard's lock. An object that is
    /// there from the first step to the last is listed once; one that comes or goes meanwhile may be listed or not.
    /// </summary>
    /// <param name="cursor">Where to begin; then where to go on. Any value is safe.</param>
    /// <param name="filter">Which objects.</param>
    /// <param name="prefix">What their keys begin with; empty: any.</param>
    /// <param name="countMax">Objects in <paramref name="listing"/> at which the step ends.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="listing">Objects are added to it.</param>
    /// <returns><see langword="false"/>: the walk is at its end.</returns>
    public bool List(
        ref ObjectCursor cursor, ListFilter filter, ReadOnlySpan<byte> prefix, int countMax, long nowMs, ObjectListing listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        if ((uint)cursor.Shard < (uint)_shards.Length)
        {
            cursor = _shards[cursor.Shard].List(cursor, filter, prefix, countMax, nowMs, listing);
        }

        return (uint)cursor.Shard < (uint)_shards.Length;
    }

    /// <summary>Whose a living segment is.</summary>
    public bool TryReadOwner(SegmentId segment, out RankId rank, out Medium medium)
    {
        SegmentMount? mount = _segments.Living(segment.Value);
        (rank, medium) = mount is null ? (RankId.None, default) : (mount.Rank, mount.Medium);
        return mount is not null;
    }
}
