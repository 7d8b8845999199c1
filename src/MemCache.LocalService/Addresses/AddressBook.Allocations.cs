using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <content>Allocations by key: from their making to what finishing them answered.</content>
internal sealed partial class AddressBook
{
    private readonly Dictionary<byte[], Allocation> _byKey = new(KeyComparer.Instance);
    private readonly HashSet<Allocation> _open = [];
    private readonly Queue<Allocation> _finished = new();
    private long _deadlineFirst = long.MaxValue;

    /// <summary>Adds an allocation whose slot was taken.</summary>
    /// <returns><see langword="false"/>: this process has the key allocated and not finished.</returns>
    public bool TryAdd(Allocation allocation)
    {
        lock (_gate)
        {
            if (_byKey.TryGetValue(allocation.Key, out Allocation? other)
                && other.State is AllocationState.Open or AllocationState.Finishing)
            {
                return false;
            }

            allocation.HoldMapping();
            _byKey[allocation.Key] = allocation;
            _open.Add(allocation);
            _index.Add(allocation);
            _deadlineFirst = Math.Min(_deadlineFirst, allocation.Deadline);
            return true;
        }
    }

    /// <summary>
    /// Claims the open allocations of a batch for finishing, and waits until no copy into them runs. What is claimed is
    /// this caller's to <see cref="Complete"/>.
    /// </summary>
    /// <param name="keys">Shape [n].</param>
    /// <param name="outcomes">Shape [n]; 0: publish, if the lease has not ended; any other: drop.</param>
    /// <param name="claimed">Gets the claimed ones, with their goals.</param>
    /// <param name="deadline">Until when to wait.</param>
    /// <returns>Ok; Timeout: a copy still runs, nothing is claimed.</returns>
    public MmcStatus Claim(in KeySpans keys, ReadOnlySpan<int> outcomes, List<Allocation> claimed, long deadline)
    {
        lock (_gate)
        {
            for (int i = 0; i < keys.Count; i++)
            {
                Allocation? allocation = keys.TryGet(i, out ReadOnlySpan<byte> key) ? Find(key) : null;
                if (allocation?.State == AllocationState.Open)
                {
                    allocation.State = AllocationState.Finishing;
                    allocation.Goal = outcomes[i] != 0 ? AllocationState.Dropped
                        : Deadline.HasPassed(allocation.Deadline) ? AllocationState.Revoked
                        : AllocationState.Published;
                    claimed.Add(allocation);
                }
            }

            foreach (Allocation allocation in claimed)
            {
                while (allocation.CopyCount > 0)
                {
                    if (!Monitor.Wait(_gate, Deadline.MillisecondsLeft(deadline)))
                    {
                        Unclaim(claimed);
                        return MmcStatus.Timeout;
                    }
                }
            }
        }

        return MmcStatus.Ok;
    }

    /// <summary>Claims the allocations of a lane whose lease has ended and into which no copy runs.</summary>
    public void ClaimExpired(AllocationLane lane, List<Allocation> claimed)
    {
        lock (_gate)
        {
            if (!Deadline.HasPassed(_deadlineFirst))
            {
                return;
            }

            _deadlineFirst = long.MaxValue;
            foreach (Allocation allocation in _open)
            {
                if (allocation.Lane == lane && allocation.State == AllocationState.Open && allocation.CopyCount == 0
                    && claimed.Count < Limits.BatchCountMax && Deadline.HasPassed(allocation.Deadline))
                {
                    allocation.State = AllocationState.Finishing;
                    claimed.Add(allocation);
                }
                else
                {
                    _deadlineFirst = Math.Min(_deadlineFirst, allocation.Deadline);
                }
            }
        }
    }

    /// <summary>Makes claimed allocations open again.</summary>
    public void Unclaim(List<Allocation> claimed)
    {
        lock (_gate)
        {
            foreach (Allocation allocation in claimed)
            {
                allocation.State = AllocationState.Open;
                if (allocation.Lane.IsClosing)
                {
                    End(allocation, AllocationState.Revoked, MmcStatus.ReservationRevoked);
                }
            }

            claimed.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Says how a claimed allocation ended.</summary>
    public void Complete(Allocation allocation, AllocationState state, MmcStatus result)
    {
        lock (_gate)
        {
            End(allocation, state, result);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Says how an allocation ended whose commit was not answered.</summary>
    public void Resolve(Allocation allocation, AllocationState state, MmcStatus result)
    {
        lock (_gate)
        {
            if (allocation.State == AllocationState.Unknown)
            {
                allocation.State = state;
                allocation.Result = result;
            }
        }
    }

    /// <summary>
    /// What finishing a key answers that this caller did not claim: it was finished before, another thread is at it, or
    /// it was never allocated here.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="publish">What the caller wants.</param>
    /// <param name="deadline">How long to wait for another thread.</param>
    /// <param name="unknown">
    /// The allocation, if somebody has to find out how it ended; then the result means nothing.
    /// </param>
    public MmcStatus ResultOf(ReadOnlySpan<byte> key, bool publish, long deadline, out Allocation? unknown)
    {
        unknown = null;
        lock (_gate)
        {
            Allocation? allocation = Find(key);
            while (allocation?.State == AllocationState.Finishing)
            {
                if (!Monitor.Wait(_gate, Deadline.MillisecondsLeft(deadline)))
                {
                    return MmcStatus.Timeout;
                }

                allocation = Find(key);
            }

            unknown = allocation?.State == AllocationState.Unknown ? allocation : null;
            return allocation?.State switch
            {
                null => MmcStatus.KeyNotFound,
                AllocationState.Open => MmcStatus.Timeout,
                AllocationState.Published => publish ? allocation.Result : MmcStatus.StateMismatch,
                AllocationState.Dropped => publish ? MmcStatus.StateMismatch : MmcStatus.Ok,
                _ => publish ? allocation.Result : MmcStatus.Ok,
            };
        }
    }

    /// <summary>Begins a call on a lane.</summary>
    /// <returns><see langword="false"/>: it is closing.</returns>
    public bool TryUse(AllocationLane lane)
    {
        lock (_gate)
        {
            lane.UserCount += lane.IsClosing ? 0 : 1;
            return !lane.IsClosing;
        }
    }

    /// <summary>Ends a call on a lane. A connection that failed takes its allocations with it.</summary>
    public void EndCall(AllocationLane lane)
    {
        lock (_gate)
        {
            if (lane.Context is { Connection.IsUsable: false })
            {
                BeginClose(lane);
            }

            EndUse(lane);
        }
    }

    /// <summary>Lets nothing more begin on a lane; its connection is closed when nothing runs.</summary>
    /// <returns>Whether nothing ran, or stopped to within <paramref name="wait"/>.</returns>
    public bool Close(AllocationLane lane, TimeSpan wait)
    {
        long deadline = Deadline.In((long)wait.TotalMilliseconds);
        lock (_gate)
        {
            BeginClose(lane);
            CloseIfUnused(lane);
            while (lane.UserCount > 0)
            {
                int left = Deadline.MillisecondsLeft(deadline);
                if (left == 0 || !Monitor.Wait(_gate, left))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private Allocation? Find(ReadOnlySpan<byte> key) =>
        _byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out Allocation? allocation)
            ? allocation
            : null;

    private void BeginClose(AllocationLane lane)
    {
        if (lane.IsClosing)
        {
            return;
        }

        lane.IsClosing = true;
        foreach (Allocation allocation in _open.Where(allocation => allocation.Lane == lane).ToList())
        {
            // What somebody has claimed he completes.
            if (allocation.State == AllocationState.Open)
            {
                End(allocation, AllocationState.Revoked, MmcStatus.ReservationRevoked);
            }
        }

        Monitor.PulseAll(_gate);
    }

    private void EndUse(AllocationLane lane)
    {
        lane.UserCount--;
        CloseIfUnused(lane);
    }

    private void CloseIfUnused(AllocationLane lane)
    {
        if (lane.IsClosing && lane.UserCount == 0)
        {
            lane.Context?.Dispose();
            lane.Context = null;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Lets go of the mapping of an allocation that has ended and that no copy fills. One that came to nothing says so
    /// in its slot: this process lives on, and nobody else could tell that it stores nothing more. Without effect on a
    /// slot that was finished, or has gone on.
    /// </summary>
    private static void LetGoIfEnded(Allocation allocation)
    {
        if (allocation.CopyCount == 0 && allocation.State is not (AllocationState.Open or AllocationState.Finishing))
        {
            allocation.LetGo(isGivenUp: allocation.State is AllocationState.Revoked or AllocationState.Dropped);
        }
    }

    private void End(Allocation allocation, AllocationState state, MmcStatus result)
    {
        allocation.State = state;
        allocation.Result = result;
        LetGoIfEnded(allocation);
        _open.Remove(allocation);
        // It stays in the index: its address is now one of a readable object, or of none, and a late copy is told why.
        Bound(allocation);
        _finished.Enqueue(allocation);
        while (_finished.Count > Limits.FinishedAllocationCountMax)
        {
            Allocation oldest = _finished.Dequeue();
            if (_byKey.TryGetValue(oldest.Key, out Allocation? last) && last == oldest)
            {
                _byKey.Remove(oldest.Key);
            }
        }
    }
}
