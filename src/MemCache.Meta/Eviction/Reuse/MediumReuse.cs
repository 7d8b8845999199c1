using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Reuse-aware eviction of one medium: its policy, and the feed that tells it what happens. Apart from the shards, for
/// their hashes would split the chains that it is all about. Thread-safe by a lock that is taken before a shard's: never
/// call it under one, but for <see cref="Feed"/>.
/// </summary>
internal sealed class MediumReuse
{
    // Before this many objects are there, their mean size says nothing.
    private const int SizedCountMin = 64;
    private const long CapacityCountBegin = 16_384;

    private readonly Lock _lock = new();
    private readonly Medium _medium;
    private readonly MediumUsage _usage;
    private readonly ReusePolicy _policy;
    private ulong[] _words = new ulong[1024];
    private int _wordIndex;
    private int _wordCount;
    private long _capacityCount = CapacityCountBegin;
    private long _allowedMs;
    private long _requestsLearned;
    private long _referencesLearned;
    private long _evictedByReuse;
    private long _evictedByLastUse;
    private long _proposalsHeld;
    private long _admissionsRefused;

    /// <summary>A policy that knows nothing.</summary>
    public MediumReuse(Medium medium, MediumUsage usage, int ghostRatio, ulong seed)
    {
        _medium = medium;
        _usage = usage;
        var options = new ReuseOptions
        {
            CapacityCount = CapacityCountBegin,
            GhostRatio = ghostRatio,
            EstimatesMissRatio = true,
        };
        _policy = new ReusePolicy(options, new SplitMix64(seed));
    }

    /// <summary>Where to note what happens.</summary>
    public ReuseFeed Feed { get; } = new();

    /// <summary>Learns from what was noted, in steps that are short each, and lets more be noted.</summary>
    public void Step(in ReuseCapacity capacity, long nowMs)
    {
        lock (_lock)
        {
            long elapsedMs = Math.Clamp(nowMs - _allowedMs, 0, 1000);
            _allowedMs = nowMs;
            Feed.Allow(elapsedMs * MetaLimits.NotedKeyCountPerMs);
            Resize(capacity);
        }

        while (DrainSome(MetaLimits.NotedKeyCountPerHold))
        {
            // Somebody who wants space gets in between.
        }
    }

    /// <summary>Learns from what was noted, if so many changes wait that it should not be left to others.</summary>
    public void DrainIfLong()
    {
        if (Feed.ChangeCount > MetaLimits.NotedChangeCountMax)
        {
            while (DrainSome(MetaLimits.NotedKeyCountPerHold))
            {
                // As in Step.
            }
        }
    }

    /// <summary>Evicts what pays least until the goal is reached or nothing that it proposes can leave.</summary>
    public EvictionResult Evict<TPolicy>(
        Shard<TPolicy>[] shards, in EvictionTerms terms, in ReuseCapacity capacity, int countMax, long pageGoal)
        where TPolicy : struct, IEvictionPolicy
    {
        var guard = new ShardGuard<TPolicy>(shards, terms);
        lock (_lock)
        {
            Drain(int.MaxValue);
            Resize(capacity);
            while (guard.Result.Count < countMax && guard.Result.PageCount < pageGoal
                && _policy.TryEvict(ref guard, out _))
            {
            }

            _evictedByReuse += guard.Result.Count;
            _proposalsHeld += guard.HeldCount;
        }

        return guard.Result;
    }

    /// <summary>Objects had to leave by their last use, for nothing that was proposed could.</summary>
    public void NoteEvictedByLastUse(int count)
    {
        lock (_lock)
        {
            _evictedByLastUse += count;
        }
    }

    /// <summary>How many of the objects to be put, from the first one on, are worth a place.</summary>
    public int CountWorthy(ReadOnlySpan<ulong> batch)
    {
        lock (_lock)
        {
            Drain(int.MaxValue);
            int count = _policy.CountWorthy(batch);
            _admissionsRefused += batch.Length - count;
            return count;
        }
    }

    /// <summary>The estimate for other capacities.</summary>
    public MissRatioCurve ReadCurve()
    {
        lock (_lock)
        {
            MissRatioEstimator estimator = _policy.MissRatio!;
            long capacityBytes = _usage.CapacityPages << Limits.BlobAlignmentShift;
            var points = new MissRatioPoint[MissRatioEstimator.LevelCount];
            for (int level = 0; level < points.Length; level++)
            {
                double factor = MissRatioEstimator.Factors[level];
                points[level] = new MissRatioPoint
                {
                    CapacityFactor = factor,
                    CapacityCount = (long)estimator.CapacityCountOf(level),
                    CapacityBytes = (long)(factor * capacityBytes),
                    HitRatio = estimator.HitRatioOf(level),
                };
            }

            return new MissRatioCurve
            {
                Medium = _medium,
                CapacityCount = _capacityCount,
                CapacityBytes = capacityBytes,
                ReferenceCount = estimator.ReferenceCount,
                Points = points,
            };
        }
    }

    /// <summary>All figures.</summary>
    public ReuseStats ReadStats()
    {
        lock (_lock)
        {
            return new ReuseStats
            {
                Medium = _medium,
                ResidentCount = _policy.ResidentCount,
                GhostCount = _policy.KnownCount - _policy.ResidentCount,
                CapacityCount = _capacityCount,
                TickCount = _policy.TickCount,
                RequestsLearned = _requestsLearned,
                ReferencesLearned = _referencesLearned,
                RequestsUnlearned = Feed.DroppedCount,
                EvictedByReuse = _evictedByReuse,
                EvictedByLastUse = _evictedByLastUse,
                ProposalsHeld = _proposalsHeld,
                AdmissionsRefused = _admissionsRefused,
                TableBytes = _policy.Bytes,
            };
        }
    }

    /// <summary>
    /// Requires that the policy takes exactly these keys for resident, once it was told everything. For tests.
    /// </summary>
    internal void CheckResidents(IReadOnlyCollection<ulong> hashes)
    {
        lock (_lock)
        {
            Drain(int.MaxValue);
            Invariant.Require(_policy.ResidentCount == hashes.Count);
            foreach (ulong hash in hashes)
            {
                Invariant.Require(_policy.TryRead(hash, out ReuseEntry entry) && entry.State == ReuseState.Resident);
            }
        }
    }

    private bool DrainSome(int keyCountMax)
    {
        lock (_lock)
        {
            Drain(keyCountMax);
            return _wordIndex < _wordCount;
        }
    }

    // Under the lock. What was noted while it runs is left to the next one.
    private void Drain(int keyCountMax)
    {
        int done = 0;
        bool isLast = false;
        while (done < keyCountMax)
        {
            if (_wordIndex == _wordCount)
            {
                if (isLast || Feed.IsEmpty)
                {
                    return;
                }

                isLast = true;
                _wordIndex = 0;
                _wordCount = Feed.Take(ref _words);
            }

            (NoteKind kind, int keyCount) = ReuseFeed.Read(_words[_wordIndex]);
            Tell(kind, _words.AsSpan(_wordIndex + 1, keyCount));
            _wordIndex += 1 + keyCount;
            done += 1 + keyCount;
        }
    }

    private void Tell(NoteKind kind, ReadOnlySpan<ulong> keys)
    {
        switch (kind)
        {
            case NoteKind.Placed:
                _policy.Place(keys[0]);
                break;
            case NoteKind.Gone:
                _policy.Withdraw(keys[0]);
                break;
            case NoteKind.Asked:
                Learn(keys, isAsked: true);
                break;
            case NoteKind.Read when !_policy.WasAsked(keys[0]):
            case NoteKind.Put when !_policy.TryRead(keys[0], out _):
                Learn(keys, isAsked: false);
                break;
            default:
                // A part of a request that was learned from when its keys were asked for.
                break;
        }
    }

    private void Learn(ReadOnlySpan<ulong> keys, bool isAsked)
    {
        _requestsLearned++;
        _referencesLearned += keys.Length;
        _policy.Refer(keys, isAsked);
    }

    private void Resize(in ReuseCapacity capacity)
    {
        long residents = _policy.ResidentCount;
        if (residents < SizedCountMin || capacity.UsedPages < residents)
        {
            return;
        }

        long count = (long)(capacity.HoldablePages / ((double)capacity.UsedPages / residents));
        if (count > 0 && Math.Abs(count - _capacityCount) > _capacityCount / 64)
        {
            _capacityCount = count;
            _policy.Resize(count);
        }
    }
}
