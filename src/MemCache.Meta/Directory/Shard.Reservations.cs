using MemCache.Core;

namespace MemCache.Meta;

internal sealed partial class Shard<TPolicy>
{
    /// <summary>Finds the keys of this shard that are already there: a put of them changes nothing but their recency.</summary>
    public void MarkDuplicates(
        in KeySpans keys, BatchScratch scratch, ulong sequenceLast, long nowMs, Span<ObjectLocation> objects)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            Span<uint> candidates = FindAhead(scratch);
            for (int k = 0; k < entries.Length; k++)
            {
                int i = entries[k];
                uint record = TakeCurrent(candidates, k, scratch, keys[i], nowMs);
                if (record != 0)
                {
                    objects[i].Status = MmcStatus.DuplicatedObject;
                    Touch(record, sequenceLast - (ulong)i);
                }
            }
        }
    }

    /// <summary>Records a reservation whose space was taken.</summary>
    /// <returns>Ok; NotConnectedToMeta: the session was closed; AllocationFailed: a segment died, or there is no memory left. Then
    /// the caller gives the space and what was charged back.</returns>
    public MmcStatus AddReservation(
        Session session, ReadOnlySpan<byte> key, long sizeBytes, in PlacedReplicas placed,
        in RecordAttributes attributes, out ObjectRef reference)
    {
        reference = default;
        lock (_lock)
        {
            if (session.IsClosed)
            {
                return MmcStatus.NotConnectedToMeta;
            }

            if (!placed.AreAlive)
            {
                return MmcStatus.AllocationFailed;
            }

            uint record = _slab.Allocate(
                RecordHeader.Granules(placed.Count, key.Length, attributes.Tenant));
            if (record == 0)
            {
                return MmcStatus.AllocationFailed;
            }

            uint serial = ++_serialLast & 0xFFFFFF;
            Fill(record, session, key, sizeBytes, placed, serial);
            if (!TrySetAttributes(record, attributes))
            {
                Discard(record);
                return MmcStatus.AllocationFailed;
            }

            session.Reservations[Number].PushBack(_slab, record);
            _stats.ReservationCount++;
            reference = RecordRef.Make(Number, record, serial);
            return MmcStatus.Ok;
        }
    }

    /// <summary>Publishes or drops the reservations of this shard.</summary>
    public void Commit(
        Session session, ReadOnlySpan<CommitEntry> entries, BatchScratch scratch, ulong sequenceLast, long nowMs,
        Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            foreach (int i in scratch.Entries(Number))
            {
                statuses[i] = Commit(session, entries[i], sequenceLast - (ulong)i, nowMs);
            }
        }
    }

    /// <summary>Ends reservations of a closed session, a bounded number: frees them, or hands them to the segments' owners.</summary>
    /// <returns>Whether some are left.</returns>
    public bool Revoke(Session session, bool writerIsDead)
    {
        lock (_lock)
        {
            ref RecordList reservations = ref session.Reservations[Number];
            for (int count = 0; count < MetaLimits.RecordCountMaxPerHold && reservations.Head != 0; count++)
            {
                uint record = reservations.Head;
                TakeReservation(session, record);
                _stats.ReservationsRevoked++;
                MakeOrphan(record, session, isDoneOnItsHost: writerIsDead);
            }

            return reservations.Head != 0;
        }
    }

    /// <summary>The owner of a segment has made sure that nobody writes into the orphan's blob there any more.</summary>
    public void ResolveOrphan(ObjectRef reference, SegmentMount mount, ulong generation)
    {
        lock (_lock)
        {
            uint record = RecordRef.Record(reference);
            if (!IsRecord(reference) || Header(record).State != RecordState.Orphan)
            {
                return;
            }

            ref RecordHeader header = ref Header(record);
            foreach (ref ReplicaEntry replica in Replicas(record, header.ReplicaCount))
            {
                if (replica.Segment == mount.Id.Value && replica.Generation == generation)
                {
                    mount.Release(replica, header.PageCount, isRetired: false);
                    replica.Segment = ReplicaEntry.NoSegment;
                }
            }

            FreeOrphanIfResolved(record);
        }
    }

    private void Fill(
        uint record, Session session, ReadOnlySpan<byte> key, long sizeBytes, in PlacedReplicas placed, uint serial)
    {
        ref RecordHeader header = ref Header(record);
        header = new RecordHeader
        {
            State = RecordState.Reserved,
            KeyBytesLessOne = (byte)(key.Length - 1),
            ReplicaCount = (byte)placed.Count,
            Medium = placed.Medium,
            SerialAndMark = serial,
            SizeBytes = sizeBytes,
            Lease = session.Id.Value,
        };
        Span<ReplicaEntry> replicas = Replicas(record, placed.Count);
        for (int i = 0; i < replicas.Length; i++)
        {
            replicas[i] = placed.Entry(i);
        }

        header.PutGeneration = header.First.Generation;

        int keyOffset = header.KeyOffset;
        key.CopyTo(_slab.Bytes(record, keyOffset + key.Length)[keyOffset..]);
    }

    private MmcStatus Commit(Session session, in CommitEntry entry, ulong sequence, long nowMs)
    {
        uint record = RecordRef.Record(entry.Ref);
        if (!IsRecord(entry.Ref) || !HasGeneration(record, entry.Generation))
        {
            _stats.CommitsRefused++;
            return MmcStatus.ReservationRevoked;
        }

        ref RecordHeader header = ref Header(record);
        if (header.State != RecordState.Reserved || header.Lease != session.Id.Value)
        {
            // Said twice by a client that did not hear the answer: only the writer knows reference and generation.
            bool published = header.State is RecordState.Readable or RecordState.Removing && entry.Publish == CommitEntry.PublishAll;
            _stats.CommitsRefused += published ? 0 : 1;
            return published ? MmcStatus.Ok : MmcStatus.ReservationRevoked;
        }

        TakeReservation(session, record);
        if (entry.Publish is CommitEntry.Drop or CommitEntry.DropInDoubt)
        {
            _stats.ReservationsDropped++;
            Drop(record, session, isInDoubt: entry.Publish == CommitEntry.DropInDoubt);
            return MmcStatus.Ok;
        }

        MmcStatus status = Publish(record, sequence, nowMs);
        if (status != MmcStatus.Ok)
        {
            FreeRecord(record);
        }

        return status;
    }

    private MmcStatus Publish(uint record, ulong sequence, long nowMs)
    {
        if (!IsLiving(record))
        {
            return MmcStatus.NotConnectedToLocal;
        }

        uint tag = Tag(record);
        uint first = FindCurrent(tag, Key(record), nowMs);
        if (first != 0)
        {
            _stats.CommitsDuplicated++;
            Touch(first, sequence);
            return MmcStatus.DuplicatedObject;
        }

        if (!_index.Insert(tag, record))
        {
            return MmcStatus.AllocationFailed;
        }

        ref RecordHeader header = ref Header(record);
        header.State = RecordState.Readable;
        header.Lease = 0;
        PutInOrder(record, sequence);
        Note(NoteKind.Placed, record);
        if (header.HasTtl)
        {
            _expiries.ShowAgain(record);
        }

        _stats.ObjectsCommitted++;
        return MmcStatus.Ok;
    }

    private void TakeReservation(Session session, uint record)
    {
        session.Reservations[Number].Remove(_slab, record);
        session.SubtractBlobs(Header(record).ReplicaCount);
        Unlist(record);
        _moves.EndReservation(record);
        _stats.ReservationCount--;
    }

    private void Drop(uint record, Session writer, bool isInDoubt)
    {
        if (isInDoubt)
        {
            MakeOrphan(record, writer, isDoneOnItsHost: true);
        }
        else
        {
            FreeRecord(record);
        }
    }

    /// <summary>
    /// Hands the space of a record to the owners of its segments. What lies on the writer's own host is free at once if the writer is known to
    /// store nothing more there.
    /// </summary>
    private void MakeOrphan(uint record, Session writer, bool isDoneOnItsHost)
    {
        ref RecordHeader header = ref Header(record);
        header.State = RecordState.Orphan;
        _stats.OrphanCount++;
        ObjectRef reference = RecordRef.Make(Number, record, header.Serial);
        foreach (ref ReplicaEntry replica in Replicas(record, header.ReplicaCount))
        {
            SegmentMount? mount = _segments.Living(replica.Segment);
            bool isFree = isDoneOnItsHost && mount?.Host == writer.Host;
            if (isFree)
            {
                mount!.Release(replica, header.PageCount, isRetired: true);
            }

            if (isFree || mount?.TryAddOrphan(replica, writer, reference) != true)
            {
                replica.Segment = ReplicaEntry.NoSegment;
            }
        }

        FreeOrphanIfResolved(record);
    }

    private void FreeOrphanIfResolved(uint record)
    {
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount))
        {
            if (replica.Segment != ReplicaEntry.NoSegment)
            {
                return;
            }
        }

        _stats.OrphanCount--;
        FreeRecord(record);
    }
}
