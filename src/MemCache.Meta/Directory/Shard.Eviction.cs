using System.Diagnostics;
using MemCache.Core;

namespace MemCache.Meta;

internal sealed partial class Shard<TPolicy>
{
    /// <summary>
    /// Access number of the first object in the order of last use that can leave and frees space where it is wanted;
    /// <see cref="ulong.MaxValue"/>: none among the first ones.
    /// </summary>
    public ulong OldestSequence(in EvictionTerms terms)
    {
        if (terms.Filter.IsAll)
        {
            return OldestSequence(terms.Order);
        }

        lock (_lock)
        {
            uint record = FindVictim(terms);
            PublishOldest();
            return record == 0 ? ulong.MaxValue : Header(record).Sequence;
        }
    }

    /// <summary>
    /// Evicts in the order of last use while the next object was last used up to <paramref name="sequenceMax"/>, at most
    /// <paramref name="countMax"/> objects and until <paramref name="pageGoal"/> pages came back. Objects that a reader
    /// holds are set aside.
    /// </summary>
    public EvictionResult Evict(in EvictionTerms terms, ulong sequenceMax, int countMax, long pageGoal)
    {
        EvictionResult result = default;
        lock (_lock)
        {
            while (result.Count < countMax && result.PageCount < pageGoal)
            {
                uint record = FindVictim(terms);
                if (record == 0 || Header(record).Sequence > sequenceMax)
                {
                    break;
                }

                Note(NoteKind.Gone, record);
                long pages = EvictRecord(record, Tag(record), terms.Cause);
                result = new EvictionResult(result.Count + 1, result.PageCount + pages);
            }

            PublishOldest();
        }

        return result;
    }

    /// <summary>Evicts the object whose key has this hash, if it may leave.</summary>
    /// <param name="hash">The whole hash.</param>
    /// <param name="terms">What may be taken.</param>
    /// <param name="pages">Pages that came back.</param>
    /// <remarks>The policy that proposed it knows: it is told only if what it was told last is out of date.</remarks>
    public VictimState Evict(ulong hash, in EvictionTerms terms, ref long pages)
    {
        lock (_lock)
        {
            uint record = FindHash(hash);
            if (record == 0 || Header(record).Medium != terms.Medium)
            {
                return VictimState.Absent;
            }

            if (!MayLeave(record, terms) || IsHeld(record, terms.NowMs)
                || !terms.Filter.IsAll && !HelpsIn(record, terms.Filter))
            {
                return VictimState.Held;
            }

            if (_feeds[(int)terms.Medium]?.ChangeCount > 0)
            {
                Note(NoteKind.Gone, record);
            }

            pages = EvictRecord(record, (uint)hash, terms.Cause);
            return VictimState.Evicted;
        }
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

    /// <summary>
    /// Whether an object may be evicted as far as itself is concerned. Leases are not looked at: they end by themselves.
    /// </summary>
    private bool MayLeave(uint record, in EvictionTerms terms) =>
        EvictionClass(record) == terms.Pin && Header(record).Sequence < terms.YoungSequence;

    private uint FindVictim(in EvictionTerms terms)
    {
        ref TPolicy policy = ref Policy(terms.Order);
        policy.Settle(_slab);
        uint record = policy.First;
        for (int scanned = 0; record != 0 && scanned < MetaLimits.EvictScanCountMax; scanned++)
        {
            uint after = policy.After(_slab, record);
            if (IsHeld(record, terms.NowMs))
            {
                policy.Park(_slab, record);
            }
            else if (MayLeave(record, terms) && (terms.Filter.IsAll || HelpsIn(record, terms.Filter)))
            {
                return record;
            }

            record = after;
        }

        return 0;
    }

    /// <summary>How an object stands in eviction: with a soft pin it goes when no other one can, with a hard one never.</summary>
    private ObjectPin EvictionClass(uint record) => Header(record).Pin;

    /// <summary>The record in the index whose key has this hash, 0 if there is none.</summary>
    private uint FindHash(ulong hash)
    {
        uint tag = (uint)hash;
        ReadOnlySpan<ulong> page = _index.SlotsOf(tag);
        for (int i = PagedTable.Home(tag); page[i] != 0 && (uint)(page[i] >> 32) <= tag; i++)
        {
            if ((uint)(page[i] >> 32) == tag && _hash.Compute(Key((uint)page[i])) == hash)
            {
                return (uint)page[i];
            }
        }

        return 0;
    }

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

    private long EvictRecord(uint record, uint tag, EvictionCause cause)
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

        Unlink(record, tag);
        FreeRecord(record);
        return pages;
    }
}
