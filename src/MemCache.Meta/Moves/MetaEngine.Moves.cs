using MemCache.Core;

namespace MemCache.Meta;

/// <content>Draining of segments and repair of replicas: who finds what is to move, hands it out, and takes it
/// over.</content>
public sealed partial class MetaEngine
{
    private readonly MoveQueue _moveQueue = new();
    private readonly MoveScan _moveScan;

    // Guarded by the tick's lock. The shard that the scan for moves has come to; -1: none is under way.
    private int _moveScanShard = -1;
    private long _moveScanNextMs;
    private long _moveScanLastMs;
    private int _repairedChangeCount = -1;
    private bool _hasRepairs;
    private volatile bool _repairs;

    /// <summary>
    /// Whether replicas that went with their rank are made anew. Looked for whenever segments came or went.
    /// </summary>
    public bool Repairs
    {
        get => _repairs;
        set => _repairs = value;
    }

    /// <summary>Replicas that wait for a mover, as far as the scan has come.</summary>
    public int WaitingMoveCount => _moveQueue.Count;

    /// <summary>
    /// Begins to empty a segment, or makes it a usual one again. Nothing is placed in it from now on; what was reserved
    /// there may be committed and moves then.
    /// </summary>
    /// <returns>Ok; KeyNotFound: no living segment has this number.</returns>
    public MmcStatus SetDraining(SegmentId segment, DrainPolicy policy)
    {
        lock (_tickLock)
        {
            MmcStatus status = _segments.SetDrain(segment, policy);
            if (status == MmcStatus.Ok)
            {
                // Begin at once, and without what was found for other reasons.
                _moveScanShard = -1;
                _moveScanNextMs = long.MinValue;
                _moveQueue.Clear();
                _hasRepairs = true;
            }

            return status;
        }
    }

    /// <summary>How far draining of a segment has come.</summary>
    /// <returns><see langword="false"/>: no living segment has this number.</returns>
    public bool TryReadDrain(SegmentId segment, out DrainProgress progress)
    {
        lock (_tickLock)
        {
            SegmentMount? mount = _segments.Living(segment.Value);
            progress = mount?.ReadDrain() ?? default;
            return mount is not null;
        }
    }

    /// <summary>The living segment of a rank.</summary>
    /// <returns><see cref="SegmentId.None"/>: it has none of this medium.</returns>
    public SegmentId FindSegment(RankId rank, Medium medium) =>
        (int)medium < SegmentTable.MediumCount && _segments.Of(rank, medium) is { } mount ? mount.Id : SegmentId.None;

    /// <summary>
    /// Hands out replicas to be made in a segment, by a process that can write there. Each is a reservation of the
    /// session's, to be ended with <see cref="FinishMoves"/>; it comes back when the session ends. A read lease holds
    /// the object meanwhile.
    /// </summary>
    /// <param name="session">Who will write.</param>
    /// <param name="destination">
    /// Where to. Objects that are used less often give way, for moves but not for repairs.
    /// </param>
    /// <param name="request">Bounds.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="moves">Room for the wanted count.</param>
    /// <param name="sources">Room for <see cref="Limits.ReplicaCountMax"/> entries a move.</param>
    /// <param name="keyEnds">Shape of <paramref name="moves"/>: ends of the keys.</param>
    /// <param name="keys">Room for <see cref="Limits.KeyBytesMax"/> bytes a move.</param>
    public MovesTaken TakeMoves(
        SessionId session, SegmentId destination, in MoveRequest request, long nowMs, Span<MoveEntry> moves,
        Span<ReplicaLocation> sources, Span<int> keyEnds, Span<byte> keys)
    {
        MovesTaken taken = default;
        int countMax = Math.Min(request.CountMax, moves.Length);
        countMax = Math.Min(countMax, Math.Min(keyEnds.Length, sources.Length / Limits.ReplicaCountMax));
        if (_segments.Living(destination.Value) is not { TakesBlobs: true } mount
            || !_sessions.TryGetValue(session.Value, out Session? writer))
        {
            return taken;
        }

        long bytes = 0;
        int looks = Math.Min(_moveQueue.Count, MetaLimits.MoveLookCountMax);
        for (; looks > 0 && taken.Count < countMax && bytes < request.BytesMax
            && _moveQueue.TryTake(out MoveCandidate candidate); looks--)
        {
            if (candidate.IsRepair && taken.RepairBytes >= request.RepairBytesMax)
            {
                _ = _moveQueue.TryAdd(candidate);
                continue;
            }

            MovePlan plan = default;
            Span<byte> key = keys[taken.KeyBytes..];
            MmcStatus status = TakeMove(writer, mount, candidate, nowMs, ref plan, key, out MoveEntry entry);
            if (status == MmcStatus.Ok)
            {
                entry.FirstSourceIndex = (byte)taken.SourceCount;
                plan.AllSources.CopyTo(sources[taken.SourceCount..]);
                moves[taken.Count] = entry;
                keyEnds[taken.Count] = taken.KeyBytes + plan.KeyBytes + 1;
                bytes += plan.SizeBytes;
                taken = new MovesTaken(
                    taken.Count + 1, taken.SourceCount + plan.SourceCount, taken.KeyBytes + plan.KeyBytes + 1,
                    taken.RepairBytes + (candidate.IsRepair ? plan.SizeBytes : 0));
            }
            else if (status != MmcStatus.ObjectNotFound && candidate.RefusalCount < MetaLimits.MoveRefusalCountMax)
            {
                _ = _moveQueue.TryAdd(candidate with { RefusalCount = (byte)(candidate.RefusalCount + 1) });
            }
        }

        return taken;
    }

    /// <summary>
    /// Says what became of moves. A replica that was written takes the place of the one it was made for, if the object
    /// is still the same one and still wants it; the space of the old one comes back when its readers have ended.
    /// </summary>
    /// <param name="session">Who wrote.</param>
    /// <param name="entries">Reservation and generation of each; up to <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">
    /// Shape of <paramref name="entries"/>: Ok (given up ones too); ObjectNotFound: the object has gone; StateMismatch:
    /// the replica is not wanted any more; NotConnectedToLocal: the destination has died; ReservationRevoked: the
    /// session does not hold it; InvalidParameter: the batch is illegal. Whatever is not Ok: the space comes back.
    /// </param>
    public void FinishMoves(SessionId session, ReadOnlySpan<CommitEntry> entries, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(entries.Length, statuses))
        {
            return;
        }

        bool isOpen = _sessions.TryGetValue(session.Value, out Session? writer);
        for (int i = 0; i < entries.Length; i++)
        {
            int shard = RecordRef.Shard(entries[i].Ref);
            statuses[i] = isOpen && shard < _shards.Length
                ? _shards[shard].FinishMove(writer!, entries[i], nowMs)
                : MmcStatus.ReservationRevoked;
        }
    }

    private MmcStatus TakeMove(
        Session writer, SegmentMount destination, in MoveCandidate candidate, long nowMs, ref MovePlan plan,
        Span<byte> key,
        out MoveEntry entry)
    {
        entry = default;
        Shard<LruPolicy> shard = _shards[RecordRef.Shard(candidate.Object)];
        MmcStatus status = shard.HoldForMove(candidate, destination, _settings.LeaseMsDefault, nowMs, ref plan, key);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        PlacedReplicas placed = default;
        status = PlaceMove(writer, destination, candidate, plan, nowMs, ref placed);
        ObjectRef reservation = default;
        if (status == MmcStatus.Ok)
        {
            status = shard.AddMove(writer, candidate, plan, placed, out reservation);
            if (status != MmcStatus.Ok)
            {
                placed.Release(RecordHeader.Pages(plan.SizeBytes));
                writer.SubtractBlobs(1);
            }
        }

        if (status != MmcStatus.Ok)
        {
            shard.EndHold(candidate.Object, nowMs);
            return status;
        }

        ReplicaEntry blob = placed.Entry(0);
        entry = new MoveEntry
        {
            Object = candidate.Object,
            PutGeneration = plan.PutGeneration,
            SizeBytes = plan.SizeBytes,
            Reservation = reservation,
            Destination = new ReplicaLocation
            {
                Segment = destination.Id,
                Slot = blob.Slot,
                Generation = blob.Generation,
                Offset = (long)blob.Page << Limits.BlobAlignmentShift,
            },
            PinAndTtl = plan.PinAndTtl,
            SourceCount = (byte)plan.SourceCount,
            ReplicaIndex = candidate.ReplicaIndex,
            ReplicaCount = plan.ReplicaCount,
        };
        return MmcStatus.Ok;
    }

    private MmcStatus PlaceMove(
        Session writer, SegmentMount destination, in MoveCandidate candidate, in MovePlan plan, long nowMs,
        ref PlacedReplicas placed)
    {
        if (!writer.TryAddBlobs(1))
        {
            return MmcStatus.LimitExceeded;
        }

        placed.Medium = destination.Medium;
        uint pageCount = RecordHeader.Pages(plan.SizeBytes);
        if (destination.Reserve(pageCount, out ReplicaEntry entry) != MmcStatus.Ok
            && (candidate.IsRepair || HasRoomElsewhere(destination, plan, pageCount)
                || !TryMakeRoom(destination, plan, pageCount, nowMs, out entry)))
        {
            _segments.Living(plan.SourceSegment)?.NoteNoRoom();
            writer.SubtractBlobs(1);
            return MmcStatus.AllocationFailed;
        }

        placed.Add(destination, entry);
        return MmcStatus.Ok;
    }

    /// <summary>Whether another rank that can take it has free space: then nothing need be evicted here.</summary>
    private bool HasRoomElsewhere(SegmentMount destination, in MovePlan plan, uint pageCount)
    {
        foreach (SegmentMount mount in _segments.AllLiving)
        {
            if (mount != destination && mount.TakesBlobs && mount.Medium == destination.Medium
                && mount.FreePages >= pageCount && !plan.IsOn(mount.Rank))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Evicts objects that were used before the one to move, until it fits.</summary>
    private bool TryMakeRoom(
        SegmentMount destination, in MovePlan plan, uint pageCount, long nowMs, out ReplicaEntry entry)
    {
        entry = default;
        long goal = pageCount;
        for (int round = 0; round < MetaLimits.MoveEvictRoundMax; round++)
        {
            EvictionResult result = _evictor.EvictOldest(
                destination.Medium, SegmentFilter.Only(_segments, destination.Rank), MetaLimits.EvictCountMaxPerTick,
                goal, EvictionCause.Reserve, nowMs, plan.Sequence);
            if (destination.Reserve(pageCount, out entry) == MmcStatus.Ok)
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

    // Under the tick's lock. Scans again and again while a segment is drained; for repairs, as long as something
    // changes or was found.
    private void ScanForMoves(long nowMs)
    {
        if (_moveScanShard < 0 && !TryBeginMoveScan(nowMs))
        {
            return;
        }

        _moveScan.Resume();
        int left = MetaLimits.MoveScanCountMaxPerTick;
        while (_moveScanShard < _shards.Length
            && (left = _shards[_moveScanShard].ScanForMoves(_moveScan, left, nowMs)) > 0)
        {
            _moveScanShard++;
        }

        if (_moveScanShard == _shards.Length)
        {
            _moveScanShard = -1;
            _moveScan.End();
            _hasRepairs = _moveScan.RepairCount > 0;
        }
    }

    private bool TryBeginMoveScan(long nowMs)
    {
        int changes = _segments.ChangeCount;
        // What a rank is about to bring back is not missing.
        bool repairs = _repairs && !_segments.HasRestoring;
        bool hasChanged = repairs && changes != _repairedChangeCount;
        bool wantsRepair = hasChanged || repairs && _hasRepairs;
        bool drains = _segments.HasDraining;
        if (!drains && !wantsRepair)
        {
            return false;
        }

        // What waits is left to the movers for a while; what nobody wanted is forgotten then, and found again.
        long beginMs = _moveQueue.Count > 0 ? _moveScanLastMs + MetaLimits.RepairScanIntervalMs
            : hasChanged ? nowMs
            : _moveScanNextMs;
        if (nowMs < beginMs)
        {
            return false;
        }

        _moveQueue.Clear();
        _moveScanLastMs = nowMs;

        if (wantsRepair)
        {
            _repairedChangeCount = changes;
        }

        _moveScanNextMs = nowMs + (drains ? MetaLimits.MoveScanIntervalMs : MetaLimits.RepairScanIntervalMs);
        _moveScanShard = 0;
        _moveScan.Begin(wantsRepair);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            shard.BeginMoveScan();
        }

        return true;
    }
}
