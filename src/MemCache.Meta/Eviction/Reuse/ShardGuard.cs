namespace MemCache.Meta;

/// <summary>
/// Evicts what the policy proposes, under the lock of its shard, unless it can't leave. What is not there any more has
/// left already.
/// </summary>
internal ref struct ShardGuard<TPolicy> : IEvictionGuard where TPolicy : struct, IEvictionPolicy
{
    private readonly Shard<TPolicy>[] _shards;
    private readonly EvictionTerms _terms;

    /// <summary>A guard of these shards.</summary>
    public ShardGuard(Shard<TPolicy>[] shards, in EvictionTerms terms)
    {
        _shards = shards;
        _terms = terms;
    }

    /// <summary>What was evicted.</summary>
    public EvictionResult Result { get; private set; }

    /// <summary>Objects that could not leave.</summary>
    public int HeldCount { get; private set; }

    /// <inheritdoc/>
    public bool CanLeave(ulong hash)
    {
        long pages = 0;
        switch (_shards[BatchScratch.ShardOf(hash, _shards.Length)].Evict(hash, _terms, ref pages))
        {
            case VictimState.Held:
                HeldCount++;
                return false;
            case VictimState.Evicted:
                Result = new EvictionResult(Result.Count + 1, Result.PageCount + pages);
                return true;
            default:
                return true;
        }
    }
}
