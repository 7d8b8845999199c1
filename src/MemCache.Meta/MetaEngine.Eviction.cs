using MemCache.Core;

namespace MemCache.Meta;

/// <content>What leaves, and what is learned for it.</content>
public sealed partial class MetaEngine
{
    /// <summary>
    /// Estimated hit ratios of a medium at other capacities. Allocates; to be asked for every second or less.
    /// </summary>
    /// <returns>
    /// <see langword="null"/>: the medium has no segments, or the order is <see cref="EvictionOrder.Lru"/>.
    /// </returns>
    public MissRatioCurve? ReadMissRatioCurve(Medium medium) =>
        (int)medium < SegmentTable.MediumCount && _segments.Usage(medium).CapacityPages > 0
            ? _reuse.Of(medium)?.ReadCurve() : null;

    /// <summary>The medium is about to get segments: what becomes of its objects is noted from now on.</summary>
    private void BeginLearning(Medium medium)
    {
        if (_order != EvictionOrder.Reuse || (int)medium >= SegmentTable.MediumCount)
        {
            return;
        }

        lock (_mountLock)
        {
            if (_reuse.Of(medium) is not null)
            {
                return;
            }

            var learned = new MediumReuse(medium, _segments.Usage(medium), _ghostRatio, _hashSeed + (ulong)medium);
            foreach (Shard<LruPolicy> shard in _shards)
            {
                shard.Attach(medium, learned.Feed);
            }

            _reuse.Add(medium, learned);
        }
    }

    /// <summary>Requires that the policies know what is there, once they were told everything. For tests.</summary>
    private void CheckReuse(List<RecordSnapshot> records)
    {
        for (Medium medium = 0; (int)medium < SegmentTable.MediumCount; medium++)
        {
            Medium own = medium;
            _reuse.Of(medium)?.CheckResidents([.. records
                .Where(record => record.State == RecordState.Readable && record.Medium == own)
                .Select(record => _hash.Compute(System.Text.Encoding.UTF8.GetBytes(record.Key)))]);
        }
    }
}
