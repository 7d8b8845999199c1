using System.Diagnostics;
using MemCache.Core;

namespace MemCache.Meta;

internal sealed partial class Shard<TPolicy>
{
    /// <summary>
    /// Access number of the first object in an eviction order that frees space in <paramref name="filter"/>;
    /// <see cref="ulong.MaxValue"/>: none among the first ones.
    /// </summary>
    public ulong OldestSequence(int order, SegmentFilter filter, long nowMs)
    {
        if (filter.IsAll)
        {
            return OldestSequence(order);
        }

        lock (_lock)
        {
            uint record = FindVictim(order, filter, nowMs);
            PublishOldest();
            return record == 0 ? ulong.MaxValue : Header(record).Sequence;
        }
    }

    /// <summary>
    /// Evicts in order while the next object was last used up to <paramref name="sequenceMax"/>, at most <paramref name="countMax"/>
    /// objects and until <paramref name="pageGoal"/> pages came back. Objects that a reader holds are set aside.
    /// </summary>
    public EvictionResult Evict(
        int order, SegmentFilter filter, ulong sequenceMax, int countMax, long pageGoal, EvictionCause cause, long nowMs)
    {
        EvictionResult result = default;
        lock (_lock)
        {
            while (result.Count < countMax && result.PageCount < pageGoal)
            {
                uint record = FindVictim(order, filter, nowMs);
                if (record == 0 || Header(record).Sequence > sequenceMax)
                {
                    break;
                }

                long pages = EvictRecord(record, cause);
                result = new EvictionResult(result.Count + 1, result.PageCount + pages);
            }

            PublishOldest();
        }

        return result;
    }

    /// <summary>Puts set-aside objects whose readers are gone back into the order, after a look at a bounded number.</summary>
    public void UnparkUnread(int order, long nowMs)
    {
        lock (_lock)
        {
            ref TPolicy policy = ref Policy(order);
            policy.Settle(_slab);
            int count = Math.Min(policy.ParkedCount, MetaLimits.ParkedScanCountMax);
            for (; count > 0; count--)
            {
                uint record = policy.FirstParked;
                if (IsHeld(record, nowMs))
                {
                    policy.RotateParked(_slab);
                }
                else
                {
                    policy.Unpark(_slab, record);
                }
            }

            PublishOldest();
        }
    }

    private uint FindVictim(int order, SegmentFilter filter, long nowMs)
    {
        ref TPolicy policy = ref Policy(order);
        policy.Settle(_slab);
        uint record = policy.First;
        for (int scanned = 0; record != 0 && scanned < MetaLimits.EvictScanCountMax; scanned++)
        {
            uint after = policy.After(_slab, record);
            if (IsHeld(record, nowMs))
            {
                policy.Park(_slab, record);
            }
            else if (filter.IsAll || HelpsIn(record, filter))
            {
                return record;
            }

            record = after;
        }

        return 0;
    }

    /// <summary>How an object stands in eviction: with a soft pin it goes when no other one can, with a hard one never.</summary>
    private ObjectPin EvictionClass(uint record) => Header(record).Pin;

    private bool HelpsIn(uint record, SegmentFilter filter)
    {
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount))
        {
            // A replica in a dropped segment frees nothing, but its record is garbage: let it go.
            if (replica.Segment != ReplicaEntry.NoSegment && filter.Contains(replica.Segment))
            {
                return true;
            }
        }

        return false;
    }

    private long EvictRecord(uint record, EvictionCause cause)
    {
        Debug.Assert(EvictionClass(record) != ObjectPin.Hard, "a hard pin holds it");
        ref RecordHeader header = ref Header(record);
        long pages = (long)header.PageCount * LivingReplicaCount(record);
        _stats.EvictedBytes += pages << Limits.BlobAlignmentShift;
        if (pages == 0)
        {
            // Its segments were dropped: it is found here before the sweep comes to it.
            _stats.ObjectsLost++;
        }
        else if (cause == EvictionCause.Watermark)
        {
            _stats.EvictedByWatermark++;
        }
        else if (cause == EvictionCause.Reserve)
        {
            _stats.EvictedByReserve++;
        }
        else
        {
            _stats.EvictedByQuota++;
        }

        RemoveReadable(record, Tag(record));
        return pages;
    }
}
