using MemCache.Core;

namespace MemCache.Meta;

public sealed partial class MetaEngine
{
    private long _reservesRejected;
    private long _reservesLimited;

    /// <summary>Takes space for objects to be written. Nothing is visible until <see cref="Commit"/>.</summary>
    /// <param name="session">Who writes.</param>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="sizes">Shape of <paramref name="keys"/>: sizes in bytes, 1 or more.</param>
    /// <param name="options">Replicas and forced ranks, pin and time to live, for all keys.</param>
    /// <param name="medium">Where to.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="objects">
    /// Shape of <paramref name="keys"/>. Status Ok; DuplicatedObject: the key is there, nothing to write; AllocationFailed: too few ranks or
    /// no room; ExceedsCapacity: larger than any segment; InvalidParameter; LimitExceeded: the session holds too many reservations;
    /// NotConnectedToMeta: the session is not open; QuotaExceeded: the quota of the key's tenant, or that of hard pins, is full.
    /// </param>
    /// <param name="replicas">Room for the wanted number of replicas for every key.</param>
    /// <returns>Number of replicas written.</returns>
    public int Reserve(
        SessionId session, in KeySpans keys, ReadOnlySpan<long> sizes, in ReplicateOptions options, Medium medium, long nowMs,
        Span<ObjectLocation> objects, Span<ReplicaLocation> replicas) =>
        ReserveBatch(session, keys, sizes, options, medium, nowMs, _settings.RefusesUnworthy, objects, replicas);

    private int ReserveBatch(
        SessionId session, in KeySpans keys, ReadOnlySpan<long> sizes, in ReplicateOptions options, Medium medium, long nowMs,
        bool mayRefuse, Span<ObjectLocation> objects, Span<ReplicaLocation> replicas)
    {
        if (!options.IsValid || (int)medium >= SegmentTable.MediumCount || sizes.Length != keys.Count)
        {
            objects.Fill(new ObjectLocation { Status = MmcStatus.InvalidParameter });
            return 0;
        }

        if (!IsLegal(keys.Count, objects, replicas, options.ReplicaCount))
        {
            return 0;
        }

        if (!_sessions.TryGetValue(session.Value, out Session? writer))
        {
            objects.Fill(new ObjectLocation { Status = MmcStatus.NotConnectedToMeta });
            return 0;
        }

        BatchScratch scratch = Group(keys, objects);
        MarkDuplicates(keys, scratch, nowMs, objects);
        _reuse.Note(NoteKind.Put, scratch, keys.Count);
        if (mayRefuse)
        {
            MarkUnworthy(medium, scratch, objects[..keys.Count]);
        }

        int replicaCount = 0;
        for (int i = 0; i < keys.Count; i++)
        {
            if (objects[i].Status == MmcStatus.Ok)
            {
                keys.TryGet(i, out ReadOnlySpan<byte> key);
                replicaCount += ReserveOne(
                    writer, scratch.Shard(i), key, sizes[i], options, medium, nowMs, ref objects[i], replicas, replicaCount);
            }
        }

        _scratch.Return(scratch);
        return replicaCount;
    }

    /// <summary>Says what became of reservations: publishes them or drops them. The first commit of a key wins.</summary>
    /// <param name="session">Who wrote.</param>
    /// <param name="entries">Up to <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">
    /// Shape of <paramref name="entries"/>: Ok (a repeated commit too); DuplicatedObject: another writer was first, its object stays;
    /// ReservationRevoked: the session does not hold it; NotConnectedToLocal: every segment of it has died; AllocationFailed: no memory
    /// for the index; InvalidParameter: the batch is illegal.
    /// </param>
    public void Commit(SessionId session, ReadOnlySpan<CommitEntry> entries, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(entries.Length, statuses))
        {
            return;
        }

        statuses[..entries.Length].Fill(MmcStatus.ReservationRevoked);
        if (!_sessions.TryGetValue(session.Value, out Session? writer))
        {
            return;
        }

        BatchScratch scratch = _scratch.Rent();
        scratch.Group(entries);
        ulong sequenceLast = TakeSequence(entries.Length);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.Commit(writer, entries, scratch, sequenceLast, nowMs, statuses);
            }
        }

        _scratch.Return(scratch);
        _reuse.DrainIfLong();
    }

    private void MarkDuplicates(in KeySpans keys, BatchScratch scratch, long nowMs, Span<ObjectLocation> objects)
    {
        ulong sequenceLast = TakeSequence(keys.Count);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.MarkDuplicates(keys, scratch, sequenceLast, nowMs, objects);
            }
        }
    }

    // To its writer an object that is refused a place is one that is there already: nothing is to be written. A reader
    // finds that it was evicted at once.
    private void MarkUnworthy(Medium medium, BatchScratch scratch, Span<ObjectLocation> objects)
    {
        if (!scratch.IsLegal)
        {
            return;
        }

        int worthyCount = _evictor.CountWorthy(medium, scratch.Hashes(objects.Length));
        foreach (ref ObjectLocation location in objects[worthyCount..])
        {
            if (location.Status == MmcStatus.Ok)
            {
                location.Status = MmcStatus.DuplicatedObject;
            }
        }
    }

    private int ReserveOne(
        Session writer, int shard, ReadOnlySpan<byte> key, long sizeBytes, in ReplicateOptions options, Medium medium, long nowMs,
        ref ObjectLocation location, Span<ReplicaLocation> replicas, int firstReplicaIndex)
    {
        PlacedReplicas placed = default;
        ObjectRef reference = default;
        MmcStatus status = Charge(key, sizeBytes, options, medium, nowMs, out RecordAttributes attributes);
        if (status == MmcStatus.Ok)
        {
            status = Place(writer, sizeBytes, options, medium, nowMs, ref placed);
            if (status == MmcStatus.Ok)
            {
                status = _shards[shard].AddReservation(writer, key, sizeBytes, placed, attributes, out reference);
                if (status != MmcStatus.Ok)
                {
                    placed.Release(RecordHeader.Pages(sizeBytes));
                    writer.SubtractBlobs(options.ReplicaCount);
                }
            }

            if (status != MmcStatus.Ok && attributes.IsCharged)
            {
                _quotas.Add(attributes, medium, -(long)RecordHeader.Pages(sizeBytes) * options.ReplicaCount);
            }
        }

        if (status != MmcStatus.Ok)
        {
            Refuse(status, ref location);
            return 0;
        }

        location.ReplicaCount = (ushort)placed.Count;
        location.SizeBytes = sizeBytes;
        location.Ref = reference;
        location.FirstReplicaIndex = (uint)firstReplicaIndex;
        for (int i = 0; i < placed.Count; i++)
        {
            ReplicaEntry entry = placed.Entry(i);
            replicas[firstReplicaIndex + i] = new ReplicaLocation
            {
                Segment = new SegmentId(entry.Segment),
                Slot = entry.Slot,
                Generation = entry.Generation,
                Offset = (long)entry.Page << Limits.BlobAlignmentShift,
            };
        }

        return placed.Count;
    }

    private void Refuse(MmcStatus status, ref ObjectLocation location)
    {
        location.Status = status;
        if (status == MmcStatus.LimitExceeded)
        {
            Interlocked.Increment(ref _reservesLimited);
        }
        else if (status == MmcStatus.AllocationFailed)
        {
            Interlocked.Increment(ref _reservesRejected);
        }
    }

    private MmcStatus Place(
        Session writer, long sizeBytes, in ReplicateOptions options, Medium medium, long nowMs, ref PlacedReplicas placed)
    {
        if (!writer.TryAddBlobs(options.ReplicaCount))
        {
            return MmcStatus.LimitExceeded;
        }

        MmcStatus status = _placer.Place(writer.Rank, options, medium, sizeBytes, nowMs, ref placed);
        if (status != MmcStatus.Ok)
        {
            writer.SubtractBlobs(options.ReplicaCount);
        }

        return status;
    }
}
