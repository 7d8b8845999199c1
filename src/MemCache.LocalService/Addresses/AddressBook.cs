using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>
/// What a store knows of addresses: the blobs that it was told of, the allocations that it writes, and how they ended.
/// One lock for all of it, held for lookups only, never over a copy or a request. Any thread.
/// </summary>
internal sealed partial class AddressBook : IDisposable
{
    // A plain object: threads wait on it for copies to end, which Lock does not offer.
    private readonly object _gate = new();
    private readonly AddressIndex _index = new(); // guarded by _gate, like all that follows
    private readonly Queue<KnownBlob> _remembered = new();
    private readonly Stack<AddressScratch> _scratch = new();

    /// <summary>Takes scratch that nobody uses.</summary>
    public AddressScratch Rent(int count)
    {
        AddressScratch? scratch;
        lock (_gate)
        {
            if (!_scratch.TryPop(out scratch))
            {
                scratch = new AddressScratch();
            }
        }

        scratch.Prepare(count);
        return scratch;
    }

    /// <summary>Gives scratch back.</summary>
    public void Return(AddressScratch scratch)
    {
        scratch.Clear();
        lock (_gate)
        {
            _scratch.Push(scratch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            while (_scratch.TryPop(out AddressScratch? scratch))
            {
                scratch.Dispose();
            }
        }
    }

    /// <summary>Notes what the address of a readable blob names. The oldest are forgotten.</summary>
    public void Remember(Session session, SegmentUuid segment, GlobalAddress address, in BlobLocation blob)
    {
        if (!address.IsValid || blob.SizeBytes is <= 0 or > Limits.SegmentBytesMax)
        {
            return;
        }

        lock (_gate)
        {
            // What is open is newer than any answer about readable objects.
            KnownBlob? known = _index.Find(address);
            bool isSame = known is not null && known.Blob == blob && known.Session == session;
            if (!isSame && known is not Allocation { State: AllocationState.Open })
            {
                var added = new KnownBlob(session, segment, address, blob);
                _index.Add(added);
                Bound(added);
            }
        }
    }

    /// <summary>
    /// Begins gets: finds what the addresses name. Of what is not known <see cref="CopyEntry.Blob"/> stays null. What a
    /// process is writing it may read; such a copy counts until <see cref="EndCopies"/>.
    /// </summary>
    /// <param name="addresses">Shape [n].</param>
    /// <param name="sizesBytes">Shape [n]; 0: the buffers are not legal.</param>
    /// <param name="entries">Shape [n].</param>
    /// <param name="results">
    /// Shape [n]: Ok; InvalidParameter: address or buffers are not legal, or the range leaves the object;
    /// StateMismatch: being finished; ReservationRevoked as for a put.
    /// </param>
    public void BeginGets(
        ReadOnlySpan<GlobalAddress> addresses, ReadOnlySpan<long> sizesBytes, Span<CopyEntry> entries,
        Span<MmcStatus> results)
    {
        lock (_gate)
        {
            for (int i = 0; i < addresses.Length; i++)
            {
                results[i] = addresses[i].IsValid && sizesBytes[i] > 0 ? MmcStatus.Ok : MmcStatus.InvalidParameter;
                if (results[i] == MmcStatus.Ok && _index.Find(addresses[i]) is { } blob)
                {
                    entries[i].Blob = blob;
                    bool isWritten = blob is Allocation { State: AllocationState.Open or AllocationState.Finishing };
                    results[i] = isWritten ? BeginCopy((Allocation)blob, addresses[i], sizesBytes[i], ref entries[i])
                        : blob.Contains(addresses[i], sizesBytes[i]) ? MmcStatus.Ok
                        : MmcStatus.InvalidParameter;
                }
            }
        }
    }

    /// <summary>Begins copies into allocations: each counts until <see cref="EndCopies"/>.</summary>
    /// <param name="addresses">Shape [n].</param>
    /// <param name="sizesBytes">Shape [n]; 0: the buffers are not legal.</param>
    /// <param name="entries">
    /// Shape [n]; <see cref="CopyEntry.Blob"/> is the allocation where the result is Ok, else null.
    /// </param>
    /// <param name="results">
    /// Shape [n]: Ok; InvalidParameter as for a get; StateMismatch: no open allocation of this process;
    /// ReservationRevoked: its lease has ended, or the MetaService is lost.
    /// </param>
    public void BeginPuts(
        ReadOnlySpan<GlobalAddress> addresses, ReadOnlySpan<long> sizesBytes, Span<CopyEntry> entries,
        Span<MmcStatus> results)
    {
        lock (_gate)
        {
            for (int i = 0; i < addresses.Length; i++)
            {
                bool isLegal = addresses[i].IsValid && sizesBytes[i] > 0;
                var allocation = isLegal ? _index.Find(addresses[i]) as Allocation : null;
                results[i] = !isLegal ? MmcStatus.InvalidParameter
                    : allocation is null ? MmcStatus.StateMismatch
                    : BeginCopy(allocation, addresses[i], sizesBytes[i], ref entries[i]);
            }
        }
    }

    /// <summary>A copy into an allocation failed, and what it sent may still arrive.</summary>
    public void Doubt(Allocation allocation)
    {
        lock (_gate)
        {
            allocation.IsInDoubt = true;
        }
    }

    /// <summary>The copies have ended: this process stores nothing more for them.</summary>
    public void EndCopies(Span<CopyEntry> entries)
    {
        lock (_gate)
        {
            bool isAwaited = false;
            foreach (ref CopyEntry entry in entries)
            {
                if (entry.IsInAllocation)
                {
                    var allocation = (Allocation)entry.Blob!;
                    allocation.CopyCount--;
                    isAwaited |= allocation.CopyCount == 0 && allocation.State != AllocationState.Open;
                    LetGoIfEnded(allocation);
                    EndUse(allocation.Lane);
                    entry = default;
                }
            }

            if (isAwaited)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private static MmcStatus BeginCopy(
        Allocation allocation, GlobalAddress address, long sizeBytes, ref CopyEntry entry)
    {
        MmcStatus status = JudgeCopy(allocation, address, sizeBytes);
        if (status == MmcStatus.Ok)
        {
            entry.Blob = allocation;
            entry.IsInAllocation = true;
            allocation.CopyCount++;
            allocation.Lane.UserCount++;
        }

        return status;
    }

    private static MmcStatus JudgeCopy(Allocation allocation, GlobalAddress address, long sizeBytes)
    {
        bool isLost = allocation.Lane.IsClosing
            || allocation.Session.HasEnded
            || Deadline.HasPassed(allocation.Deadline)
            || allocation.IsInDoubt;
        return allocation.State switch
        {
            AllocationState.Open when isLost => MmcStatus.ReservationRevoked,
            AllocationState.Open => allocation.Contains(address, sizeBytes) ? MmcStatus.Ok : MmcStatus.InvalidParameter,
            AllocationState.Revoked or AllocationState.Unknown => MmcStatus.ReservationRevoked,
            _ => MmcStatus.StateMismatch,
        };
    }

    private void Bound(KnownBlob blob)
    {
        _remembered.Enqueue(blob);
        while (_remembered.Count > Limits.KnownAddressCountMax)
        {
            _index.Remove(_remembered.Dequeue());
        }
    }
}
