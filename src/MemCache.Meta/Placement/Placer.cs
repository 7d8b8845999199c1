using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Picks the segments of an object's replicas: preferred ranks are forced, then the writer's own, then the emptiest
/// ones; each on a rank of its own, none that is drained (a forced one that is drained is as good as absent). Evicts
/// when none has room. Takes no shard's lock by itself and must not be called under one. Thread-safe.
/// </summary>
internal sealed class Placer<TPolicy>(SegmentTable segments, Evictor<TPolicy> evictor) where TPolicy : struct, IEvictionPolicy
{
    private long _inlineEvictions;

    /// <summary>Objects whose placement had to evict.</summary>
    public long InlineEvictions => Interlocked.Read(ref _inlineEvictions);

    /// <summary>Takes space for all replicas, or for none.</summary>
    /// <returns>
    /// Ok; ExceedsCapacity: larger than any segment; AllocationFailed: too few ranks, or no room that eviction could
    /// make.
    /// </returns>
    public MmcStatus Place(
        RankId own, in ReplicateOptions options, Medium medium, long sizeBytes, long nowMs, ref PlacedReplicas placed)
    {
        placed.Medium = medium;
        long largest = segments.Usage(medium).LargestSegmentPages;
        if (largest == 0)
        {
            return MmcStatus.AllocationFailed;
        }

        if (sizeBytes > largest << Limits.BlobAlignmentShift)
        {
            return MmcStatus.ExceedsCapacity;
        }

        uint pageCount = RecordHeader.Pages(sizeBytes);
        if (TryPlace(own, options, medium, pageCount, nowMs, ref placed))
        {
            return MmcStatus.Ok;
        }

        placed.Release(pageCount);
        return MmcStatus.AllocationFailed;
    }

    private bool TryPlace(
        RankId own, in ReplicateOptions options, Medium medium, uint pageCount, long nowMs, ref PlacedReplicas placed)
    {
        for (int i = 0; i < options.PreferredCount; i++)
        {
            RankId rank = options.PreferredRank(i);
            if (!TryRank(rank, medium, pageCount, ref placed)
                && !TryAfterEviction(rank, options, medium, pageCount, nowMs, ref placed))
            {
                return false;
            }
        }

        if (placed.Count < options.ReplicaCount && !placed.Chosen.Contains(own))
        {
            TryRank(own, medium, pageCount, ref placed);
        }

        while (placed.Count < options.ReplicaCount)
        {
            if (!TryEmptiest(medium, pageCount, ref placed)
                && !TryAfterEviction(RankId.None, options, medium, pageCount, nowMs, ref placed))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryRank(RankId rank, Medium medium, uint pageCount, ref PlacedReplicas placed) =>
        segments.Of(rank, medium) is { } mount && TrySegment(mount, pageCount, ref placed);

    private static bool TrySegment(SegmentMount mount, uint pageCount, ref PlacedReplicas placed)
    {
        if (mount.Reserve(pageCount, out ReplicaEntry entry) != MmcStatus.Ok)
        {
            return false;
        }

        placed.Add(mount, entry);
        return true;
    }

    private bool TryEmptiest(Medium medium, uint pageCount, ref PlacedReplicas placed)
    {
        // A segment with enough free pages can still be too fragmented: then the next emptiest is tried.
        Span<ulong> tried = stackalloc ulong[Limits.SegmentCountMax / 64];
        tried.Clear();
        while (Emptiest(medium, pageCount, placed.Chosen, tried) is { } mount)
        {
            if (TrySegment(mount, pageCount, ref placed))
            {
                return true;
            }

            tried[mount.Id.Value >> 6] |= 1UL << (mount.Id.Value & 63);
        }

        return false;
    }

    private SegmentMount? Emptiest(Medium medium, uint pageCount, ReadOnlySpan<RankId> chosen, ReadOnlySpan<ulong> tried)
    {
        SegmentMount? best = null;
        long bestFree = pageCount - 1;
        foreach (SegmentMount mount in segments.AllLiving)
        {
            int id = mount.Id.Value;
            if (mount.IsAlive && mount.TakesBlobs && mount.Medium == medium && mount.FreePages > bestFree
                && (tried[id >> 6] >> (id & 63) & 1) == 0 && !chosen.Contains(mount.Rank))
            {
                best = mount;
                bestFree = mount.FreePages;
            }
        }

        return best;
    }

    /// <summary>
    /// Evicts and tries again, with growing goals, until it fits or the bounds of one reserve are reached.
    /// </summary>
    private bool TryAfterEviction(
        RankId only, in ReplicateOptions options, Medium medium, uint pageCount, long nowMs, ref PlacedReplicas placed)
    {
        if (!CanEverFit(options, medium, pageCount))
        {
            return false;
        }

        Interlocked.Increment(ref _inlineEvictions);
        int count = 0;
        long goal = pageCount;
        for (int round = 0; round < MetaLimits.EvictRoundMaxPerReserve && count < MetaLimits.EvictCountMaxPerReserve; round++)
        {
            SegmentFilter filter = only == RankId.None
                ? SegmentFilter.Except(segments, placed.Chosen) : SegmentFilter.Only(segments, only);
            EvictionResult result = evictor.Evict(
                medium, filter, MetaLimits.EvictCountMaxPerReserve - count, goal, EvictionCause.Reserve, nowMs);
            count += result.Count;
            if (only == RankId.None
                ? TryEmptiest(medium, pageCount, ref placed) : TryRank(only, medium, pageCount, ref placed))
            {
                return true;
            }

            if (result.Count == 0)
            {
                return false;
            }

            goal = Math.Min(2 * goal, 8L * pageCount);
        }

        return false;
    }

    /// <summary>Whether empty segments could take all replicas: otherwise evicting would only destroy.</summary>
    private bool CanEverFit(in ReplicateOptions options, Medium medium, uint pageCount)
    {
        for (int i = 0; i < options.PreferredCount; i++)
        {
            if (segments.Of(options.PreferredRank(i), medium) is not { TakesBlobs: true } mount
                || mount.PageCount < pageCount)
            {
                return false;
            }
        }

        int rankCount = 0;
        foreach (SegmentMount mount in segments.AllLiving)
        {
            rankCount += mount.Medium == medium && mount.TakesBlobs && mount.PageCount >= pageCount ? 1 : 0;
        }

        return rankCount >= options.ReplicaCount;
    }
}
