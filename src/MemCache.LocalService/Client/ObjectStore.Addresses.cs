using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>
/// Global addresses: space for objects that are written and read piece by piece, one layer of many blocks at a time.
/// </content>
public sealed partial class ObjectStore
{
    /// <summary>
    /// Takes space for objects that this process then writes with <see cref="CopyBatch(ReadOnlySpan{GlobalAddress},
    /// BufferBatch, CopyDirection)"/> and publishes with <see cref="FinishWriteBatch"/>. Until then nobody can read
    /// them. What is not finished when its lease ends is given back, and what a process held when it died.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="sizesBytes">Shape [n]; 1 .. what a segment holds.</param>
    /// <param name="medium">What to store on.</param>
    /// <param name="leaseMs">
    /// How long they may stay unfinished; 0: the longer of the configured read lease and
    /// <see cref="Limits.AllocationLeaseMsDefault"/>.
    /// </param>
    /// <param name="addresses">
    /// Shape [n]; the first byte of each object, the invalid address where there is none.
    /// </param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.DuplicatedObject"/>: the key is there, or this process
    /// has it allocated already. <see cref="MmcStatus.AllocationFailed"/>, <see cref="MmcStatus.ExceedsCapacity"/>,
    /// <see cref="MmcStatus.LimitExceeded"/>, <see cref="MmcStatus.InvalidParameter"/>: no space was taken.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus AllocBatch(
        KeyBatch keys, ReadOnlySpan<long> sizesBytes, Medium medium, int leaseMs, Span<GlobalAddress> addresses,
        Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        addresses.Clear();
        MmcStatus illegal = CheckCounts(keys.Count, Math.Min(results.Length, addresses.Length));
        bool isLegal = sizesBytes.Length == keys.Count && leaseMs >= 0 && medium <= Medium.Ssd;
        illegal = isLegal ? illegal : MmcStatus.InvalidParameter;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(ClientCall.Alloc);
        while (call.Begin())
        {
            call.Status = AllocAttempt(ref call, keys.Spans, sizesBytes, medium, leaseMs, addresses, results);
            call.End();
        }

        if (call.Status != MmcStatus.Ok)
        {
            addresses.Clear();
        }

        return Finish(call.Status, results);
    }

    /// <summary>
    /// Ends allocations of this process: publishes or drops them. Copies into them that run are waited for. Saying the
    /// same again gives the same answer.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="outcomes">Shape [n]; 0: every byte was written, publish; any other: drop.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.Ok"/>: readable (another's object, if that was published
    /// first), or dropped. <see cref="MmcStatus.KeyNotFound"/>: this process has not allocated the key. <see
    /// cref="MmcStatus.StateMismatch"/>: it was finished the other way. <see cref="MmcStatus.ReservationRevoked"/>: its
    /// lease ended or the MetaService was lost, nothing was published.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus FinishWriteBatch(KeyBatch keys, ReadOnlySpan<int> outcomes, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        illegal = outcomes.Length != keys.Count ? MmcStatus.InvalidParameter : illegal;
        illegal = illegal == MmcStatus.Ok && Volatile.Read(ref _closed) != 0 ? MmcStatus.NotInitialised : illegal;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        long begun = BeginTimed(ClientCall.FinishWrite);
        long deadline = NewDeadline();
        var claimed = new List<Allocation>(keys.Count);
        MmcStatus status = _addresses.Claim(keys.Spans, outcomes, claimed, deadline);
        if (status == MmcStatus.Ok)
        {
            FinishClaimed(claimed, deadline);
        }

        for (int i = 0; i < keys.Count; i++)
        {
            results[i] = !keys.Spans.TryGet(i, out ReadOnlySpan<byte> key) ? MmcStatus.InvalidParameter
                : status != MmcStatus.Ok ? status
                : ResultOf(key, outcomes[i] == 0, deadline);
        }

        EndTimed(ClientCall.FinishWrite, begun, status);
        return Finish(MmcStatus.Ok, results);
    }

    private MmcStatus AllocAttempt(
        ref CallScope call, in KeySpans keys, ReadOnlySpan<long> sizesBytes, Medium medium, int leaseMs,
        Span<GlobalAddress> addresses, Span<MmcStatus> results)
    {
        AllocationLanes lanes = call.Session.Allocations;
        MmcStatus status = lanes.Enter(call.Deadline, out AllocationLane? lane);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        try
        {
            lanes.DropExpired(lane!, call.Deadline);
            return AllocInTurn(ref call, lane!, keys, sizesBytes, medium, leaseMs, addresses, results);
        }
        finally
        {
            lanes.Exit(lane!);
        }
    }

    private MmcStatus AllocInTurn(
        ref CallScope call, AllocationLane lane, in KeySpans keys, ReadOnlySpan<long> sizesBytes, Medium medium,
        int leaseMs, Span<GlobalAddress> addresses, Span<MmcStatus> results)
    {
        CallContext context = lane.Context!;
        Span<byte> room = context.Connection.Payload(ReserveRequest.SizeBytes(0, keys));
        int length = ReserveRequest.Encode(room, [], keys, sizesBytes, default, medium);
        MmcStatus status = context.Connection.Call(
            Opcode.Allocate, length, call.Deadline, out ReadOnlySpan<byte> reply);
        status = Keep(context, status, reply, keys.Count);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        call.Context.Prepare(0, 0);
        int leaseMsDefault = Math.Max(call.Session.LeaseMs, Limits.AllocationLeaseMsDefault);
        long leaseEnd = Deadline.In(leaseMs > 0 ? leaseMs : leaseMsDefault);
        for (int i = 0; i < keys.Count; i++)
        {
            results[i] = context.Objects[i].Status;
            if (results[i] == MmcStatus.Ok)
            {
                results[i] = BeginAllocation(ref call, context, i);
            }
        }

        call.Context.RunRemote(call.Deadline);
        int dropCount = 0;
        for (int i = 0; i < keys.Count; i++)
        {
            ref ObjectLocation location = ref context.Objects[i];
            if (location.Status == MmcStatus.Ok)
            {
                results[i] = EndAllocation(
                    ref call, lane, keys[i], i, results[i], leaseEnd, out addresses[i], out bool isInDoubt);
                if (results[i] != MmcStatus.Ok)
                {
                    context.Commits[dropCount++] = new CommitEntry
                    {
                        Ref = location.Ref,
                        Generation = context.Replicas[location.FirstReplicaIndex].Generation,
                        Publish = isInDoubt ? CommitEntry.DropInDoubt : CommitEntry.Drop,
                    };
                }
            }
        }

        return dropCount == 0 ? MmcStatus.Ok
            : AllocationLanes.Commit(lane, context.Commits.AsSpan(0, dropCount), call.Deadline, out _);
    }

    /// <summary>Takes the slot and hides what will be written, or has its owner do it.</summary>
    private MmcStatus BeginAllocation(ref CallScope call, CallContext lane, int index)
    {
        ref ObjectLocation location = ref lane.Objects[index];
        ref TransferEntry entry = ref lane.Entries[index];
        entry = default;
        entry.Operation = -1;
        BlobLocation blob = Blob(lane.Replicas[location.FirstReplicaIndex], location.SizeBytes);
        SegmentHandle? handle = call.Session.FindSegment(blob.Segment, call.Context, call.Deadline);
        if (handle is not null && call.Context.Hold(handle) is { } view)
        {
            return view.BeginWrite(blob, isHidden: true);
        }

        if (handle?.Remote is not { IsReachable: true } remote)
        {
            return MmcStatus.LinkNotFound;
        }

        entry.Operation = call.Context.RemoteOf(_transport!).AddBegin(remote, blob);
        return MmcStatus.Ok;
    }

    /// <summary>When the slot is taken, the address is this process's to write to.</summary>
    private MmcStatus EndAllocation(
        ref CallScope call, AllocationLane lane, ReadOnlySpan<byte> key, int index, MmcStatus begun, long leaseEnd,
        out GlobalAddress address, out bool isInDoubt)
    {
        address = default;
        ref ObjectLocation location = ref lane.Context!.Objects[index];
        int operation = lane.Context.Entries[index].Operation;
        MmcStatus status = operation >= 0 ? call.Context.Remote.StatusAt(operation) : begun;
        isInDoubt = operation >= 0 && status is not (MmcStatus.Ok or MmcStatus.ReservationRevoked);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        BlobLocation blob = Blob(lane.Context.Replicas[location.FirstReplicaIndex], location.SizeBytes);
        SegmentHandle? handle = call.Session.KnownSegment(blob.Segment);
        SegmentUuid uuid = handle?.Uuid ?? default;
        address = new GlobalAddress(uuid, blob);
        if (handle is not null
            && _addresses.TryAdd(new Allocation(lane, key.ToArray(), location.Ref, handle, address, blob, leaseEnd)))
        {
            return MmcStatus.Ok;
        }

        // A slot that was taken over the network is left to its owner.
        isInDoubt = operation >= 0;
        if (!isInDoubt && handle is not null)
        {
            call.Context.Hold(handle)?.AbortWrite(blob);
        }

        address = default;
        return handle is null ? MmcStatus.NotConnectedToLocal : MmcStatus.DuplicatedObject;
    }

    private void FinishClaimed(List<Allocation> claimed, long deadline)
    {
        // All of one session in nearly every case: of another one only what was lost with it.
        while (claimed.Count > 0)
        {
            Session session = claimed[0].Session;
            List<Allocation> together = claimed.FindAll(allocation => allocation.Session == session);
            claimed.RemoveAll(allocation => allocation.Session == session);
            MmcStatus status = session.Allocations.Enter(deadline, out AllocationLane? lane);
            if (status == MmcStatus.Ok)
            {
                FinishInTurn(session.Allocations, lane!, together, deadline);
            }
            else if (status == MmcStatus.Timeout)
            {
                // Somebody else's turn lasts: they are as they were, and may be finished later.
                _addresses.Unclaim(together);
            }
            else
            {
                together.ForEach(allocation =>
                    _addresses.Complete(allocation, AllocationState.Revoked, MmcStatus.ReservationRevoked));
            }
        }
    }

    private static void FinishInTurn(
        AllocationLanes lanes, AllocationLane lane, List<Allocation> claimed, long deadline)
    {
        try
        {
            lanes.Finish(lane, claimed, deadline);
        }
        finally
        {
            lanes.Exit(lane);
        }
    }

    private MmcStatus ResultOf(ReadOnlySpan<byte> key, bool publish, long deadline)
    {
        MmcStatus result = _addresses.ResultOf(key, publish, deadline, out Allocation? unknown);
        if (unknown is not null && publish)
        {
            FindOut(unknown);
            result = _addresses.ResultOf(key, publish, deadline, out _);
        }

        return result;
    }

    /// <summary>
    /// The answer to a commit was lost: the object is readable, or the reservation went with its connection.
    /// </summary>
    private void FindOut(Allocation allocation)
    {
        var call = NewCall(ClientCall.Untimed);
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(allocation.Key);
            KeySpans key = call.Context.SingleKey.Spans;
            call.Status = Lookup(call.Session, call.Context, key, LookupRequest.NoLease, call.Deadline);
            if (call.Status == MmcStatus.Ok)
            {
                ref ObjectLocation found = ref call.Context.Objects[0];
                bool isOurs = found.Status == MmcStatus.Ok && call.Session == allocation.Session
                    && call.Context.Replicas[found.FirstReplicaIndex].Generation == allocation.Blob.Generation;
                _addresses.Resolve(
                    allocation, isOurs ? AllocationState.Published : AllocationState.Revoked,
                    isOurs ? MmcStatus.Ok : MmcStatus.ReservationRevoked);
            }

            call.End();
        }
    }

    private GlobalAddress Remember(Session session, SegmentHandle handle, in BlobLocation blob)
    {
        var address = new GlobalAddress(handle.Uuid, blob);
        _addresses.Remember(session, handle.Uuid, address, blob);
        return address;
    }
}
