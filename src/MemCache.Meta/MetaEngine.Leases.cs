using MemCache.Core;

namespace MemCache.Meta;

/// <content>Allocations that are written over several calls, and leases by key.</content>
public sealed partial class MetaEngine
{
    /// <summary>
    /// As <see cref="Reserve"/>, and until they are committed, dropped or their session ends, their keys are known to
    /// <see cref="AddKeyLeases"/> as not yet readable.
    /// </summary>
    /// <inheritdoc cref="Reserve"/>
    public int Allocate(
        SessionId session, in KeySpans keys, ReadOnlySpan<long> sizes, in ReplicateOptions options, Medium medium,
        long nowMs, Span<ObjectLocation> objects, Span<ReplicaLocation> replicas)
    {
        int replicaCount =
            ReserveBatch(session, keys, sizes, options, medium, nowMs, mayRefuse: false, objects, replicas);
        for (int i = 0; i < keys.Count && i < objects.Length; i++)
        {
            if (objects[i].Status == MmcStatus.Ok)
            {
                _shards[RecordRef.Shard(objects[i].Ref)].List(objects[i].Ref);
            }
        }

        return replicaCount;
    }

    /// <summary>
    /// Holds readable objects for a session: against eviction, and their space when they are removed. One lease for
    /// each session and object; adding one again moves its end, never to an earlier time. All of a session's leases end
    /// with it.
    /// </summary>
    /// <param name="holder">Who holds them.</param>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="leaseMs">1 or more; 0: the default of a read lease.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="objects">
    /// Shape of <paramref name="keys"/>. Status Ok; StateMismatch: only an allocation has this key; KeyNotFound;
    /// LimitExceeded: the session holds <see cref="Limits.KeyLeaseCountMaxPerSession"/>; InvalidParameter;
    /// NotConnectedToMeta: the session is not open.
    /// </param>
    /// <param name="replicas">Room for <see cref="Limits.ReplicaCountMax"/> entries a key.</param>
    /// <returns>Number of replicas written.</returns>
    public int AddKeyLeases(
        SessionId holder, in KeySpans keys, int leaseMs, long nowMs, Span<ObjectLocation> objects,
        Span<ReplicaLocation> replicas)
    {
        if (!IsLegal(keys.Count, objects, replicas, Limits.ReplicaCountMax))
        {
            return 0;
        }

        if (leaseMs < 0 || !_sessions.TryGetValue(holder.Value, out Session? session))
        {
            MmcStatus status = leaseMs < 0 ? MmcStatus.InvalidParameter : MmcStatus.NotConnectedToMeta;
            objects.Fill(new ObjectLocation { Status = status });
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
                replicaCount = shard.AddKeyLeases(
                    session, keys, scratch, sequenceLast, leaseMs, nowMs, objects, replicas, replicaCount);
            }
        }

        _reuse.Note(NoteKind.Read, scratch, keys.Count);

        _scratch.Return(scratch);
        return replicaCount;
    }

    /// <summary>Gives leases back.</summary>
    /// <param name="holder">Who holds them.</param>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">
    /// Shape of <paramref name="keys"/>: Ok; KeyNotFound: the session holds none, or its time was over;
    /// InvalidParameter; NotConnectedToMeta: the session is not open.
    /// </param>
    public void RemoveKeyLeases(SessionId holder, in KeySpans keys, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(keys.Count, statuses))
        {
            return;
        }

        if (!_sessions.TryGetValue(holder.Value, out Session? session))
        {
            statuses.Fill(MmcStatus.NotConnectedToMeta);
            return;
        }

        BatchScratch scratch = Group(keys, statuses);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.RemoveKeyLeases(session, keys, scratch, nowMs, statuses);
            }
        }

        _scratch.Return(scratch);
    }
}
