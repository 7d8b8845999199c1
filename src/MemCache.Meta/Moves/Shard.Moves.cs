using System.Runtime.CompilerServices;
using MemCache.Core;

namespace MemCache.Meta;

/// <content>Replicas that leave one segment for another, or are made anew.</content>
internal sealed partial class Shard<TPolicy>
{
    private readonly MoveLinks _moves = new();
    private RecordCursor _moveCursor;

    /// <summary>Starts a scan from the first record.</summary>
    public void BeginMoveScan()
    {
        lock (_lock)
        {
            _moveCursor = default;
        }
    }

    /// <summary>
    /// Looks at up to <paramref name="countMax"/> records: offers replicas that are to move or to be made anew, drops
    /// those that are to be dropped.
    /// </summary>
    /// <returns>Records left of <paramref name="countMax"/>: more than 0 when this shard is done.</returns>
    public int ScanForMoves(MoveScan scan, int countMax, long nowMs)
    {
        lock (_lock)
        {
            while (!scan.IsFull && _moveCursor.TryNext(_slab, ref countMax, out uint record))
            {
                if (Header(record).State == RecordState.Readable)
                {
                    ScanForMoves(scan, record, nowMs);
                }
            }

            return scan.IsFull ? 0 : countMax;
        }
    }

    /// <summary>Holds an object for a mover and says what there is to read.</summary>
    /// <returns>
    /// Ok; ObjectNotFound: there is nothing to do (any more); InvalidParameter: the destination can't have this
    /// replica.
    /// </returns>
    public MmcStatus HoldForMove(
        in MoveCandidate candidate, SegmentMount destination, int leaseMs, long nowMs, ref MovePlan plan,
        Span<byte> key)
    {
        lock (_lock)
        {
            uint record = RecordRef.Record(candidate.Object);
            if (!IsRecord(candidate.Object) || Header(record).State != RecordState.Readable || _moves.IsMoving(record)
                || !TryPlan(record, candidate, nowMs, ref plan))
            {
                return MmcStatus.ObjectNotFound;
            }

            ref RecordHeader header = ref Header(record);
            if (header.Medium != destination.Medium || header.PageCount > destination.PageCount
                || plan.IsOn(destination.Rank))
            {
                return MmcStatus.InvalidParameter;
            }

            Key(record).CopyTo(key);
            header.Lease = ReadLease.Grant(header.Lease, leaseMs, nowMs);
            _stats.LeasesGranted++;
            return MmcStatus.Ok;
        }
    }

    /// <summary>Ends a hold without a move.</summary>
    public void EndHold(ObjectRef reference, long nowMs)
    {
        lock (_lock)
        {
            uint record = RecordRef.Record(reference);
            if (IsRecord(reference) && Header(record).State is RecordState.Readable or RecordState.Removing)
            {
                ReleaseLease(record, nowMs);
            }
        }
    }

    /// <summary>Records the reservation of a mover for a held object.</summary>
    /// <returns>
    /// As <see cref="AddReservation"/>; ObjectNotFound: the object has gone meanwhile. Then the caller gives the space
    /// back.
    /// </returns>
    public MmcStatus AddMove(
        Session session, in MoveCandidate candidate, in MovePlan plan, in PlacedReplicas placed,
        out ObjectRef reservation)
    {
        lock (_lock)
        {
            reservation = default;
            uint record = RecordRef.Record(candidate.Object);
            if (!IsSame(candidate.Object, plan.PutGeneration) || _moves.IsMoving(record))
            {
                return MmcStatus.ObjectNotFound;
            }

            Span<byte> key = stackalloc byte[Limits.KeyBytesMax];
            ReadOnlySpan<byte> own = Key(record);
            own.CopyTo(key);
            MmcStatus status = AddReservation(
                session, key[..own.Length], plan.SizeBytes, placed, default, out reservation);
            if (status == MmcStatus.Ok)
            {
                _moves.Add(
                    RecordRef.Record(reservation),
                    new MoveLink(candidate.Object, plan.PutGeneration, candidate.ReplicaIndex));
            }

            return status;
        }
    }

    /// <summary>Makes the blob that a mover has written a replica of its object, or gives it back.</summary>
    /// <returns>
    /// Ok; ReservationRevoked: the session does not hold it; ObjectNotFound: the object has gone; StateMismatch: the
    /// replica is not wanted any more; NotConnectedToLocal: the destination has died.
    /// </returns>
    public MmcStatus FinishMove(Session session, in CommitEntry entry, long nowMs)
    {
        lock (_lock)
        {
            uint reservation = RecordRef.Record(entry.Ref);
            if (!IsRecord(entry.Ref) || Header(reservation).State != RecordState.Reserved
                || Header(reservation).Lease != session.Id.Value || !HasGeneration(reservation, entry.Generation))
            {
                return MmcStatus.ReservationRevoked;
            }

            bool isLinked = _moves.TryGet(reservation, out MoveLink link);
            TakeReservation(session, reservation);
            if (isLinked)
            {
                EndHold(link.Object, nowMs);
            }

            bool isSame = isLinked && IsSame(link.Object, link.PutGeneration);
            MmcStatus status = !isSame ? MmcStatus.ObjectNotFound
                : entry.Publish == 1 ? Swap(RecordRef.Record(link.Object), reservation, link.ReplicaIndex, nowMs)
                : MmcStatus.Cancelled;
            if (status != MmcStatus.Ok)
            {
                _stats.MovesDropped++;
                FreeRecord(reservation);
            }

            return status is MmcStatus.Cancelled ? MmcStatus.Ok : status;
        }
    }

    private bool IsSame(ObjectRef reference, ulong putGeneration) =>
        IsRecord(reference) && Header(RecordRef.Record(reference)) is { State: RecordState.Readable } header
        && header.PutGeneration == putGeneration;

    private void ScanForMoves(MoveScan scan, uint record, long nowMs)
    {
        if (_moves.IsMoving(record))
        {
            NoteMoving(record);
            return;
        }

        int count = Header(record).ReplicaCount;
        Staying staying = default;
        int stayingCount = 0;
        int hole = -1;
        int leaving = -1;
        int livingCount = 0;
        for (int i = 0; i < count; i++)
        {
            SegmentMount? mount = _segments.Living(Replicas(record, count)[i].Segment);
            livingCount += mount is null ? 0 : 1;
            switch (mount?.Drain)
            {
                case null:
                    hole = i;
                    break;
                case DrainPolicy.None:
                    staying[stayingCount++] = mount;
                    break;
                case DrainPolicy.Move:
                    leaving = i;
                    break;
                default:
                    if (livingCount == 1 && !HasLivingAfter(record, i))
                    {
                        _stats.ObjectsDrained++;
                        RemoveWhenUnread(record, Tag(record), nowMs);
                        return;
                    }

                    livingCount -= DropReplica(record, i, nowMs) ? 1 : 0;
                    break;
            }
        }

        if (livingCount != 0 && (leaving >= 0 || hole >= 0 && scan.WantsRepair))
        {
            ref RecordHeader header = ref Header(record);
            int index = leaving >= 0 ? leaving : hole;
            var candidate = new MoveCandidate(
                RecordRef.Make(Number, record, header.Serial), (byte)index, leaving < 0, RefusalCount: 0);
            scan.Offer(
                candidate, leaving < 0 ? null : _segments.Living(Replicas(record, count)[index].Segment), header.Medium,
                header.PageCount, ((ReadOnlySpan<SegmentMount>)staying)[..stayingCount]);
        }
    }

    /// <summary>A mover works on it: it is not done, and not stuck either.</summary>
    private void NoteMoving(uint record)
    {
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount))
        {
            if (_segments.Living(replica.Segment) is { IsDraining: true } mount)
            {
                mount.Scan.Note(canMove: true);
            }
        }
    }

    private bool HasLivingAfter(uint record, int index)
    {
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount)[(index + 1)..])
        {
            if (_segments.Living(replica.Segment) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Takes a replica off an object that has others. Without memory for what readers hold, it waits for the next scan.
    /// </summary>
    private bool DropReplica(uint record, int index, long nowMs)
    {
        ReadOnlySpan<byte> own = Key(record);
        uint keeper = _slab.Allocate(RecordHeader.Granules(1, own.Length));
        if (keeper == 0)
        {
            return false;
        }

        ref RecordHeader header = ref Header(record);
        ref RecordHeader kept = ref Header(keeper);
        kept = new RecordHeader
        {
            KeyBytesLessOne = header.KeyBytesLessOne,
            ReplicaCount = 1,
            Medium = header.Medium,
            SerialAndMark = ++_serialLast & 0xFFFFFF,
            SizeBytes = header.SizeBytes,
        };
        int keyOffset = kept.KeyOffset;
        own.CopyTo(_slab.Bytes(keeper, keyOffset + own.Length)[keyOffset..]);
        Replace(record, index, default(ReplicaEntry) with { Segment = ReplicaEntry.NoSegment }, keeper, nowMs);
        return true;
    }

    private bool TryPlan(uint record, in MoveCandidate candidate, long nowMs, ref MovePlan plan)
    {
        ref RecordHeader header = ref Header(record);
        plan = new MovePlan
        {
            SizeBytes = header.SizeBytes,
            PutGeneration = header.PutGeneration,
            Sequence = header.Sequence,
            PinAndTtl = (uint)header.Pin | (uint)SecondsLeft(record, nowMs) << 2,
            ReplicaCount = header.ReplicaCount,
            KeyBytes = header.KeyBytesLessOne,
            SourceSegment = ReplicaEntry.NoSegment,
        };
        bool isWanted = false;
        ReadOnlySpan<ReplicaEntry> replicas = Replicas(record, header.ReplicaCount);
        for (int i = 0; i < replicas.Length; i++)
        {
            SegmentMount? mount = _segments.Living(replicas[i].Segment);
            if (i == candidate.ReplicaIndex)
            {
                isWanted = candidate.IsRepair ? mount is null : mount is { Drain: DrainPolicy.Move };
                plan.SourceSegment = replicas[i].Segment;
            }
            else if (mount is not null)
            {
                plan.AddRank(mount.Rank);
            }

            if (mount is not null)
            {
                plan.AddSource(Location(replicas[i], mount));
            }
        }

        return isWanted && plan.SourceCount > 0;
    }

    private static ReplicaLocation Location(in ReplicaEntry replica, SegmentMount mount) => new()
    {
        Segment = mount.Id,
        Slot = replica.Slot,
        Generation = replica.Generation,
        Offset = (long)replica.Page << Limits.BlobAlignmentShift,
    };

    private MmcStatus Swap(uint record, uint reservation, int index, long nowMs)
    {
        ReplicaEntry fresh = Header(reservation).First;
        if (_segments.Living(fresh.Segment) is not { } destination)
        {
            return MmcStatus.NotConnectedToLocal;
        }

        int count = Header(record).ReplicaCount;
        bool hasSource = false;
        for (int i = 0; i < count; i++)
        {
            SegmentMount? mount = _segments.Living(Replicas(record, count)[i].Segment);
            hasSource |= mount is not null;
            if (i == index ? mount is { IsDraining: false } : mount is not null && mount.Rank == destination.Rank)
            {
                return MmcStatus.StateMismatch;
            }
        }

        // Without any replica left the object counts as lost, and somebody may have been told so.
        if (destination.IsDraining || !hasSource)
        {
            return destination.IsDraining ? MmcStatus.StateMismatch : MmcStatus.ObjectNotFound;
        }

        SegmentMount? left = _segments.Living(Replicas(record, count)[index].Segment);
        left?.NoteMovedOut(Header(record).SizeBytes);
        (left is null ? ref _stats.ReplicasRepaired : ref _stats.ReplicasMoved)++;
        (left is null ? ref _stats.RepairedBytes : ref _stats.MovedBytes) += Header(record).SizeBytes;
        Replace(record, index, fresh, reservation, nowMs);
        return MmcStatus.Ok;
    }

    /// <summary>
    /// Puts another entry in the place of a replica. What was there goes to <paramref name="keeper"/>, a record of one
    /// replica in no list, which holds the space until those who may read it have ended.
    /// </summary>
    private void Replace(uint record, int index, ReplicaEntry entry, uint keeper, long nowMs)
    {
        ref RecordHeader header = ref Header(record);
        ulong putGeneration = header.PutGeneration;
        ref ReplicaEntry place = ref Replicas(record, header.ReplicaCount)[index];
        ReplicaEntry old = place;
        place = entry;
        header.PutGeneration = putGeneration;

        ref RecordHeader kept = ref Header(keeper);
        kept.First = old;
        kept.PutGeneration = putGeneration;
        kept.State = RecordState.Removing;
        kept.Lease = ReadLease.IsHeld(header.Lease, nowMs) ? ReadLease.Keep(header.Lease, isKept: false) : 0;
        if (ReadLease.IsKept(header.Lease))
        {
            kept.Lease = ReadLease.HoldUntil(kept.Lease, _keyLeases.LatestExpiry(record));
        }

        if (_segments.Living(old.Segment) is not null && ReadLease.IsHeld(kept.Lease, nowMs))
        {
            _removing.PushBack(_slab, keeper);
        }
        else
        {
            FreeRecord(keeper);
        }
    }

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Staying
    {
        private SegmentMount _first;
    }
}
