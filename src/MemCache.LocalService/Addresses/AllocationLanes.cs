using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// The allocations' connection of one session, a new one when it fails, and the calls on it that finish allocations.
/// Any thread. Lock order: a lane's turn, then the lock of the <see cref="AddressBook"/>.
/// </summary>
internal sealed class AllocationLanes(
    Session session, AddressBook book, StoreCounters counters, bool withChecksums, ITransport? transport,
    Func<long, (MmcStatus Status, CallContext? Context)> connect)
{
    private readonly Lock _lock = new();
    private AllocationLane? _lane; // guarded by _lock
    private bool _isClosed; // guarded by _lock

    /// <summary>Takes the turn on the connection; <see cref="Exit"/> ends it.</summary>
    public MmcStatus Enter(long deadline, out AllocationLane? lane)
    {
        while (true)
        {
            lane = Current();
            if (lane is null)
            {
                return MmcStatus.NotConnectedToMeta;
            }

            if (!lane.Turn.Wait(Deadline.MillisecondsLeft(deadline)))
            {
                lane = null;
                return MmcStatus.Timeout;
            }

            if (book.TryUse(lane))
            {
                MmcStatus status = Connect(lane, deadline);
                if (status != MmcStatus.Ok)
                {
                    Exit(lane);
                    lane = null;
                }

                return status;
            }

            lane.Turn.Release();
            Forget(lane);
        }
    }

    /// <summary>Ends a turn.</summary>
    public void Exit(AllocationLane lane)
    {
        book.EndCall(lane);
        lane.Turn.Release();
    }

    /// <summary>Gives back what was not finished when its lease ended. Does not wait for another's turn.</summary>
    public void DropExpired(long deadline)
    {
        AllocationLane? lane;
        lock (_lock)
        {
            lane = _lane;
        }

        if (lane is null || !lane.Turn.Wait(0))
        {
            return;
        }

        if (book.TryUse(lane))
        {
            if (lane.Context is not null)
            {
                DropExpired(lane, deadline);
            }

            Exit(lane);
        }
        else
        {
            lane.Turn.Release();
        }
    }

    /// <inheritdoc cref="DropExpired(long)"/>
    /// <param name="lane">Whose turn the caller has.</param>
    /// <param name="deadline">When to give up.</param>
    public void DropExpired(AllocationLane lane, long deadline)
    {
        var claimed = new List<Allocation>();
        book.ClaimExpired(lane, claimed);
        if (claimed.Count > 0)
        {
            foreach (Allocation allocation in claimed)
            {
                allocation.Goal = AllocationState.Revoked;
            }

            Finish(lane, claimed, deadline);
        }
    }

    /// <summary>
    /// Publishes or drops claimed allocations as their goals say, and completes each. In the lane's turn.
    /// </summary>
    public void Finish(AllocationLane lane, List<Allocation> claimed, long deadline)
    {
        // First: the space of those is given away, so nothing of it may be touched, not even its stamps.
        claimed.RemoveAll(allocation => allocation.Lane != lane && Revoke(allocation));
        AddressScratch scratch = book.Rent(0);
        foreach (Allocation allocation in claimed)
        {
            allocation.Result = EndWrite(allocation, scratch);
        }

        scratch.RunRemote(deadline);
        foreach (Allocation allocation in claimed)
        {
            EndRemote(allocation, scratch);
        }

        book.Return(scratch);
        if (claimed.Count == 0)
        {
            return;
        }

        CommitEntry[] commits = [.. claimed.Select(allocation => new CommitEntry
        {
            Ref = allocation.Ref,
            Generation = allocation.Blob.Generation,
            Publish = IsToBePublished(allocation) ? CommitEntry.PublishAll
                : allocation.IsInDoubt ? CommitEntry.DropInDoubt
                : CommitEntry.Drop,
        })];
        MmcStatus status = Commit(lane, commits, deadline, out ReadOnlySpan<MmcStatus> statuses);
        Complete(claimed, status, statuses);
    }

    /// <summary>Tells the MetaService what became of reservations, on the lane's connection.</summary>
    public static MmcStatus Commit(
        AllocationLane lane, ReadOnlySpan<CommitEntry> commits, long deadline, out ReadOnlySpan<MmcStatus> statuses)
    {
        statuses = default;
        MetaConnection connection = lane.Context!.Connection;
        int length = CommitRequest.Encode(connection.Payload(CommitRequest.SizeBytes(0, commits.Length)), [], commits);
        MmcStatus status = connection.Call(Opcode.Commit, length, deadline, out ReadOnlySpan<byte> reply);
        return status != MmcStatus.Ok ? status
            : StatusesReply.TryDecode(reply, commits.Length, out statuses) ? MmcStatus.Ok
            : MmcStatus.UnexpectedResult;
    }

    /// <summary>Lets nothing more begin; the connection is closed when no copy under its allocations runs.</summary>
    /// <returns>Whether none runs, at the latest after <paramref name="wait"/>.</returns>
    public bool Close(TimeSpan wait)
    {
        AllocationLane? lane;
        lock (_lock)
        {
            _isClosed = true;
            lane = _lane;
        }

        return lane is null || book.Close(lane, wait);
    }

    private static bool IsToBePublished(Allocation allocation) =>
        allocation.Goal == AllocationState.Published && allocation.Result == MmcStatus.Ok;

    private AllocationLane? Current()
    {
        lock (_lock)
        {
            return _isClosed ? null : _lane ??= new AllocationLane(session);
        }
    }

    private void Forget(AllocationLane lane)
    {
        lock (_lock)
        {
            _lane = _lane == lane && !_isClosed ? null : _lane;
        }
    }

    private MmcStatus Connect(AllocationLane lane, long deadline)
    {
        if (lane.Context is not null)
        {
            return MmcStatus.Ok;
        }

        (MmcStatus status, lane.Context) = connect(deadline);
        return status;
    }

    private MmcStatus EndWrite(Allocation allocation, AddressScratch scratch)
    {
        BlobLocation blob = allocation.Blob;
        SegmentHandle? handle = allocation.FindSegment();
        if (handle is null || scratch.Hold(handle) is not { } view)
        {
            return handle?.Remote is { } remote ? BeginEnd(allocation, scratch, remote) : MmcStatus.NotConnectedToLocal;
        }

        MmcStatus status = MmcStatus.ReservationRevoked;
        if (allocation.Goal == AllocationState.Published)
        {
            nuint address = withChecksums ? view.DataAddress(blob.Offset, blob.SizeBytes) : 0;
            uint? checksum = address != 0 ? Checksum.Of([new MemoryBuffer(address, blob.SizeBytes)]) : null;
            status = view.EndWrite(blob, allocation.Key, checksum);
        }

        if (status != MmcStatus.Ok)
        {
            view.AbortWrite(blob);
        }

        return status;
    }

    /// <summary>
    /// Collects what ends an allocation in a segment of another host. Nothing is sent for what nobody asked to be
    /// dropped: its owner finds out when it is told, and no thread of ours waits for a host that does not answer.
    /// </summary>
    private MmcStatus BeginEnd(Allocation allocation, AddressScratch scratch, RemoteSegment remote)
    {
        allocation.IsRemote = true;
        allocation.Operation = -1;
        bool isSent = !allocation.IsInDoubt && remote.IsReachable;
        if (isSent && allocation.Goal == AllocationState.Published)
        {
            // Its bytes are not here to be summed up: it has no checksum.
            allocation.Operation = scratch.RemoteOf(transport!).AddEnd(remote, allocation.Blob, new BlobIdentity
            {
                Key = allocation.Key,
                PutGeneration = allocation.Blob.Generation,
                ReplicaCount = 1,
            });
        }
        else if (isSent && allocation.Goal == AllocationState.Dropped)
        {
            allocation.Operation = scratch.RemoteOf(transport!).AddAbort(remote, allocation.Blob);
        }

        return allocation.IsInDoubt || allocation.Goal != AllocationState.Published
            ? MmcStatus.ReservationRevoked : MmcStatus.LinkNotFound;
    }

    private static void EndRemote(Allocation allocation, AddressScratch scratch)
    {
        if (!allocation.IsRemote)
        {
            return;
        }

        MmcStatus status = allocation.Operation < 0 ? allocation.Result : scratch.Remote.StatusAt(allocation.Operation);
        allocation.IsInDoubt |= status != MmcStatus.Ok || allocation.Operation < 0;
        allocation.Result = allocation.Goal == AllocationState.Published ? status : allocation.Result;
    }

    // Of a connection that has failed: its allocations went with it.
    private bool Revoke(Allocation allocation)
    {
        bool isDropped = allocation.Goal == AllocationState.Dropped;
        book.Complete(
            allocation, isDropped ? AllocationState.Dropped : AllocationState.Revoked, MmcStatus.ReservationRevoked);
        return true;
    }

    private void Complete(List<Allocation> claimed, MmcStatus status, ReadOnlySpan<MmcStatus> statuses)
    {
        long stored = 0;
        long duplicates = 0;
        for (int i = 0; i < claimed.Count; i++)
        {
            Allocation allocation = claimed[i];
            if (!IsToBePublished(allocation))
            {
                bool isDropped = allocation.Goal == AllocationState.Dropped;
                book.Complete(
                    allocation, isDropped ? AllocationState.Dropped : AllocationState.Revoked,
                    isDropped ? MmcStatus.Ok : allocation.Result);
                continue;
            }

            if (status != MmcStatus.Ok)
            {
                book.Complete(allocation, AllocationState.Unknown, status);
                continue;
            }

            // The stored object is what the key means: immutable, the first one wins.
            bool isReadable = statuses[i] is MmcStatus.Ok or MmcStatus.DuplicatedObject;
            stored += statuses[i] == MmcStatus.Ok ? 1 : 0;
            duplicates += statuses[i] == MmcStatus.DuplicatedObject ? 1 : 0;
            book.Complete(
                allocation, isReadable ? AllocationState.Published : AllocationState.Revoked,
                isReadable ? MmcStatus.Ok : statuses[i]);
        }

        counters.AddPut(stored, duplicates, 0);
    }
}
