using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Evicts by the learned order if a medium has one, and what that can't find by the order of last use over all shards:
/// looks at each shard's oldest object and empties the shard with the oldest one up to the oldest of the others.
/// Thread-safe; takes one shard's lock at a time, and one policy's before it.
/// </summary>
internal sealed class Evictor<TPolicy>(Shard<TPolicy>[] shards, SegmentTable segments, ReuseTable reuse)
    where TPolicy : struct, IEvictionPolicy
{
    private readonly ResidenceClock _clock = new();
    private volatile Watermarks _watermarks = new(90, 80, 0);

    /// <summary>Changes what may change while running.</summary>
    public void Configure(int highPercent, int lowPercent, int minResidenceMs) =>
        _watermarks = new Watermarks(highPercent, lowPercent, minResidenceMs);

    /// <summary>
    /// Evicts up to <paramref name="countMax"/> objects until <paramref name="pageGoal"/> pages came back; such with a
    /// soft pin when no other one can go.
    /// </summary>
    public EvictionResult Evict(
        Medium medium, SegmentFilter filter, int countMax, long pageGoal, EvictionCause cause, long nowMs)
    {
        EvictionTerms terms = Terms(medium, filter, cause, nowMs);
        if (reuse.Of(medium) is not { } learned)
        {
            return EvictOldest(terms, countMax, pageGoal, ulong.MaxValue);
        }

        EvictionResult result = learned.Evict(shards, terms, Capacity(medium), countMax, pageGoal);
        if (result.Count >= countMax || result.PageCount >= pageGoal)
        {
            return result;
        }

        EvictionResult other =
            EvictOldest(terms, countMax - result.Count, pageGoal - result.PageCount, ulong.MaxValue);
        learned.NoteEvictedByLastUse(other.Count);
        return new EvictionResult(result.Count + other.Count, result.PageCount + other.PageCount);
    }

    /// <summary>
    /// As <see cref="Evict"/>, in the order of last use, and none that was used after access number <paramref
    /// name="sequenceMax"/>.
    /// </summary>
    public EvictionResult EvictOldest(
        Medium medium, SegmentFilter filter, int countMax, long pageGoal, EvictionCause cause, long nowMs,
        ulong sequenceMax) =>
        EvictOldest(Terms(medium, filter, cause, nowMs), countMax, pageGoal, sequenceMax);

    /// <summary>
    /// Evicts a bounded number of objects of each medium that is between its watermarks on the way down, and has the
    /// policies learn.
    /// </summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="sequence">The access number that was given last.</param>
    /// <returns>Whether there is more to evict now.</returns>
    public bool Step(long nowMs, ulong sequence)
    {
        Watermarks watermarks = _watermarks;
        _clock.Note(nowMs, sequence, watermarks.MinResidenceMs);
        bool more = false;
        for (Medium medium = 0; (int)medium < SegmentTable.MediumCount; medium++)
        {
            reuse.Of(medium)?.Step(Capacity(medium), nowMs);
            MediumUsage usage = segments.Usage(medium);
            usage.IsEvicting |= usage.IsAbove(watermarks.HighPercent);
            if (!usage.IsEvicting)
            {
                continue;
            }

            long goal = usage.PagesAbove(watermarks.LowPercent);
            EvictionResult result = goal <= 0 ? default : Evict(
                medium, SegmentFilter.All, MetaLimits.EvictCountMaxPerTick, goal, EvictionCause.Watermark, nowMs);
            usage.IsEvicting = usage.PagesAbove(watermarks.LowPercent) > 0;
            more |= usage.IsEvicting && result.Count > 0;
        }

        return more;
    }

    /// <summary>
    /// How many objects that are to be put, from the first one on, are worth a place; all as long as there is room.
    /// </summary>
    public int CountWorthy(Medium medium, ReadOnlySpan<ulong> batch) =>
        reuse.Of(medium) is { } learned && segments.Usage(medium).PagesAbove(_watermarks.LowPercent) > 0
            ? learned.CountWorthy(batch) : batch.Length;

    /// <summary>Objects with this access number or a later one have not had their minimum residence.</summary>
    public ulong YoungSequence(long nowMs) => _clock.YoungSequence(nowMs, _watermarks.MinResidenceMs);

    private ReuseCapacity Capacity(Medium medium)
    {
        Watermarks watermarks = _watermarks;
        return ReuseCapacity.Of(segments.Usage(medium), watermarks.HighPercent, watermarks.LowPercent);
    }

    private EvictionTerms Terms(Medium medium, SegmentFilter filter, EvictionCause cause, long nowMs) => new()
    {
        Medium = medium,
        Filter = filter,
        Cause = cause,
        NowMs = nowMs,
        YoungSequence = YoungSequence(nowMs),
    };

    private EvictionResult EvictOldest(in EvictionTerms terms, int countMax, long pageGoal, ulong sequenceMax)
    {
        EvictionResult result = EvictOrder(terms, countMax, pageGoal, sequenceMax);
        if (result.Count >= countMax || result.PageCount >= pageGoal || segments.Usage(terms.Medium).SoftPinnedPages == 0)
        {
            return result;
        }

        EvictionResult pinned = EvictOrder(
            terms with { Pin = ObjectPin.Soft }, countMax - result.Count, pageGoal - result.PageCount, sequenceMax);
        return new EvictionResult(result.Count + pinned.Count, result.PageCount + pinned.PageCount);
    }

    private EvictionResult EvictOrder(in EvictionTerms terms, int countMax, long pageGoal, ulong sequenceMax)
    {
        Span<ulong> oldest = stackalloc ulong[shards.Length];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i].UnparkUnread(terms.Order, terms.NowMs);
            oldest[i] = shards[i].OldestSequence(terms);
        }

        int count = 0;
        long pages = 0;
        while (count < countMax && pages < pageGoal
            && Pick(oldest, out int shard, out ulong next) && oldest[shard] <= sequenceMax)
        {
            EvictionResult result = shards[shard].Evict(
                terms, Math.Min(next, sequenceMax), countMax - count, pageGoal - pages);
            count += result.Count;
            pages += result.PageCount;
            ulong before = oldest[shard];
            oldest[shard] = shards[shard].OldestSequence(terms);
            if (result.Count == 0 && oldest[shard] <= before)
            {
                // Nothing of it can leave: what is first there is held, beyond the reach of one look.
                oldest[shard] = ulong.MaxValue;
            }
        }

        return new EvictionResult(count, pages);
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

    private sealed record Watermarks(int HighPercent, int LowPercent, int MinResidenceMs);
}
