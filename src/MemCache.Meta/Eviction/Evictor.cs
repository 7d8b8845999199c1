using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Evicts in one order over all shards: looks at each shard's oldest object and empties the shard with the oldest one
/// up to the oldest of the others. Thread-safe; takes one shard's lock at a time.
/// </summary>
internal sealed class Evictor<TPolicy>(Shard<TPolicy>[] shards, SegmentTable segments) where TPolicy : struct, IEvictionPolicy
{
    /// <summary>
    /// Evicts up to <paramref name="countMax"/> objects until <paramref name="pageGoal"/> pages came back, none that
    /// was used after access number <paramref name="sequenceMax"/>. Objects with a soft pin only when no other one can go.
    /// </summary>
    public EvictionResult Evict(
        Medium medium, SegmentFilter filter, int countMax, long pageGoal, EvictionCause cause, long nowMs,
        ulong sequenceMax = ulong.MaxValue)
    {
        EvictionResult result = EvictOrder(
            RecordHeader.OrderOf(medium, ObjectPin.None), filter, countMax, pageGoal, cause, nowMs, sequenceMax);
        if (result.Count >= countMax || result.PageCount >= pageGoal || segments.Usage(medium).SoftPinnedPages == 0)
        {
            return result;
        }

        EvictionResult pinned = EvictOrder(
            RecordHeader.OrderOf(medium, ObjectPin.Soft), filter, countMax - result.Count, pageGoal - result.PageCount,
            cause, nowMs, sequenceMax);
        return new EvictionResult(result.Count + pinned.Count, result.PageCount + pinned.PageCount);
    }

    private EvictionResult EvictOrder(
        int order, SegmentFilter filter, int countMax, long pageGoal, EvictionCause cause, long nowMs, ulong sequenceMax)
    {
        Span<ulong> oldest = stackalloc ulong[shards.Length];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i].UnparkUnread(order, nowMs);
            oldest[i] = shards[i].OldestSequence(order, filter, nowMs);
        }

        int count = 0;
        long pages = 0;
        while (count < countMax && pages < pageGoal
            && Pick(oldest, out int shard, out ulong next) && oldest[shard] <= sequenceMax)
        {
            EvictionResult result = shards[shard].Evict(
                order, filter, Math.Min(next, sequenceMax), countMax - count, pageGoal - pages, cause, nowMs);
            count += result.Count;
            pages += result.PageCount;
            ulong before = oldest[shard];
            oldest[shard] = shards[shard].OldestSequence(order, filter, nowMs);
            if (result.Count == 0 && oldest[shard] <= before)
            {
                // Nothing of it can leave: what is first there is held, beyond the reach of one look.
                oldest[shard] = ulong.MaxValue;
            }
        }

        return new EvictionResult(count, pages);
    }

    /// <summary>
    /// Evicts a bounded number of objects of each medium that is between its watermarks on the way down.
    /// </summary>
    /// <returns>Whether there is more to evict now.</returns>
    public bool Step(int highPercent, int lowPercent, long nowMs)
    {
        bool more = false;
        for (Medium medium = 0; (int)medium < SegmentTable.MediumCount; medium++)
        {
            MediumUsage usage = segments.Usage(medium);
            usage.IsEvicting |= usage.IsAbove(highPercent);
            if (!usage.IsEvicting)
            {
                continue;
            }

            long goal = usage.PagesAbove(lowPercent);
            EvictionResult result = goal <= 0 ? default : Evict(
                medium, SegmentFilter.All, MetaLimits.EvictCountMaxPerTick, goal, EvictionCause.Watermark, nowMs);
            usage.IsEvicting = usage.PagesAbove(lowPercent) > 0;
            more |= usage.IsEvicting && result.Count > 0;
        }

        return more;
    }

    private static bool Pick(ReadOnlySpan<ulong> oldest, out int shard, out ulong next)
    {
        shard = 0;
        next = ulong.MaxValue;
        for (int i = 1; i < oldest.Length; i++)
        {
            if (oldest[i] < oldest[shard])
            {
                next = oldest[shard];
                shard = i;
            }
            else
            {
                next = Math.Min(next, oldest[i]);
            }
        }

        return oldest[shard] != ulong.MaxValue;
    }
}
