using MemCache.Core;

namespace MemCache.Meta;

public sealed partial class MetaEngine
{
    /// <summary>
    /// Says which keys are there, and makes them recent: the first key of the batch most of all, since the keys of a batch are usually a
    /// chain of prefixes and the last ones are of no use without the first. Takes no lease.
    /// </summary>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">Shape of <paramref name="keys"/>: Ok, ObjectNotFound, InvalidParameter (that key is illegal, or the batch is).</param>
    public void Exists(in KeySpans keys, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(keys.Count, statuses))
        {
            return;
        }

        statuses[..keys.Count].Fill(MmcStatus.ObjectNotFound);
        BatchScratch scratch = Group(keys, statuses);
        ulong sequenceLast = TakeSequence(keys.Count);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.Exists(keys, scratch, sequenceLast, nowMs, statuses);
            }
        }

        _reuse.Note(NoteKind.Asked, scratch, keys.Count);

        _scratch.Return(scratch);
    }

    /// <summary>Locates objects for reading.</summary>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="nearRank">The reader's rank: a replica there comes first.</param>
    /// <param name="leaseMs">
    /// Read lease to grant, in milliseconds; 0: the default one. Negative: only a query, no lease and no change of recency.
    /// </param>
    /// <param name="nowMs">The time.</param>
    /// <param name="objects">Shape of <paramref name="keys"/>; status Ok, ObjectNotFound or InvalidParameter.</param>
    /// <param name="replicas">Room for <see cref="Limits.ReplicaCountMax"/> entries a key.</param>
    /// <returns>Number of replicas written.</returns>
    public int Lookup(
        in KeySpans keys, RankId nearRank, int leaseMs, long nowMs, Span<ObjectLocation> objects, Span<ReplicaLocation> replicas)
    {
        if (!IsLegal(keys.Count, objects, replicas, Limits.ReplicaCountMax))
        {
            return 0;
        }

        leaseMs = leaseMs == 0 ? _settings.LeaseMsDefault : leaseMs;
        BatchScratch scratch = Group(keys, objects);
        ulong sequenceLast = TakeSequence(keys.Count);
        int replicaCount = 0;
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                replicaCount = shard.Lookup(
                    keys, scratch, sequenceLast, nearRank, leaseMs, nowMs, objects, replicas, replicaCount);
            }
        }

        if (leaseMs > 0)
        {
            _reuse.Note(NoteKind.Read, scratch, keys.Count);
        }

        _scratch.Return(scratch);
        return replicaCount;
    }

    /// <summary>Removes objects: invisible at once; the space comes back when no unexpired lease holds it.</summary>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">Shape of <paramref name="keys"/>: Ok, ObjectNotFound, InvalidParameter.</param>
    public void Remove(in KeySpans keys, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(keys.Count, statuses))
        {
            return;
        }

        BatchScratch scratch = Group(keys, statuses);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.Remove(keys, scratch, nowMs, statuses);
            }
        }

        _scratch.Return(scratch);
        _reuse.DrainIfLong();
    }

    /// <summary>Removes all objects that were readable when it was called. Works in short steps: other calls get in between.</summary>
    /// <returns>Number of objects removed.</returns>
    public long RemoveAll(long nowMs)
    {
        RetireAll();
        ulong sequenceMax = TakeSequence(1);
        long count = 0;
        foreach (Shard<LruPolicy> shard in _shards)
        {
            int removed;
            while ((removed = shard.RemoveSome(sequenceMax, nowMs)) > 0)
            {
                count += removed;
                _reuse.DrainIfLong();
            }
        }

        return count;
    }

    /// <summary>Ends reads. Stale ones are ignored.</summary>
    /// <param name="releases">Up to <see cref="Limits.LeaseReleaseCountMax"/>; further ones are ignored, their leases expire.</param>
    /// <param name="nowMs">The time.</param>
    public void ReleaseLeases(ReadOnlySpan<LeaseRelease> releases, long nowMs)
    {
        if (releases.IsEmpty)
        {
            return;
        }

        releases = releases[..Math.Min(releases.Length, Limits.LeaseReleaseCountMax)];
        BatchScratch scratch = _scratch.Rent();
        scratch.Group(releases);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.ReleaseLeases(releases, scratch, nowMs);
            }
        }

        _scratch.Return(scratch);
    }

    private static bool IsLegal(int count, Span<MmcStatus> statuses)
    {
        bool legal = count <= Limits.BatchCountMax && statuses.Length >= count;
        if (!legal)
        {
            statuses.Fill(MmcStatus.InvalidParameter);
        }

        return legal;
    }

    private static bool IsLegal(int count, Span<ObjectLocation> objects, Span<ReplicaLocation> replicas, int replicaCount)
    {
        bool legal = count <= Limits.BatchCountMax && objects.Length >= count && replicas.Length >= count * replicaCount;
        if (!legal)
        {
            objects.Fill(new ObjectLocation { Status = MmcStatus.InvalidParameter });
        }

        return legal;
    }

    private BatchScratch Group(in KeySpans keys, Span<MmcStatus> statuses)
    {
        BatchScratch scratch = _scratch.Rent();
        bool isLegal = scratch.Group(keys, _hash);
        for (int i = 0; !isLegal && i < keys.Count; i++)
        {
            if (!scratch.IsValid(i))
            {
                statuses[i] = MmcStatus.InvalidParameter;
            }
        }

        return scratch;
    }

    private BatchScratch Group(in KeySpans keys, Span<ObjectLocation> objects)
    {
        BatchScratch scratch = _scratch.Rent();
        scratch.Group(keys, _hash);
        for (int i = 0; i < keys.Count; i++)
        {
            objects[i] = new ObjectLocation { Status = scratch.IsValid(i) ? MmcStatus.Ok : MmcStatus.InvalidParameter };
        }

        return scratch;
    }
}
