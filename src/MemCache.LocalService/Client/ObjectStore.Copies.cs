using System.Diagnostics;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Copies by address: no request, only memory.</content>
public sealed partial class ObjectStore
{
    /// <inheritdoc cref="CopyBatch(ReadOnlySpan{GlobalAddress}, BufferBatch, CopyDirection, Span{MmcStatus})"/>
    public MmcStatus CopyBatch(ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, CopyDirection direction)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        if (CheckCopy(addresses, buffers, direction, addresses.Length) is not MmcStatus.Ok and var illegal)
        {
            return illegal;
        }

        AddressScratch scratch = _addresses.Rent(addresses.Length);
        try
        {
            return CopyAddressed(scratch, addresses, buffers, direction, scratch.Results);
        }
        finally
        {
            _addresses.Return(scratch);
        }
    }

    /// <summary>
    /// Copies between buffers and the pool. An address may lie inside an object: base + distance. Copying does not
    /// publish.
    /// </summary>
    /// <param name="addresses">
    /// Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>: where each entry's bytes begin in the pool.
    /// </param>
    /// <param name="buffers">
    /// Shape [n] of 1 .. <see cref="Limits.LayerCountMax"/> layers, which follow each other in the pool. What is
    /// written to does not overlap.
    /// </param>
    /// <param name="direction">
    /// <see cref="CopyDirection.Put"/>: from the buffers into allocations of this process;
    /// <see cref="CopyDirection.Get"/>: from readable objects, and from what this process is writing, into the buffers.
    /// </param>
    /// <param name="results">
    /// Shape [n]; every entry is written; one that fails does not stop the others. <see
    /// cref="MmcStatus.InvalidParameter"/>: address or buffers are not legal, or the range leaves the object. Put: <see
    /// cref="MmcStatus.StateMismatch"/>: no unfinished allocation of this process; <see
    /// cref="MmcStatus.ReservationRevoked"/>: its lease has ended or the MetaService was lost. Get: <see
    /// cref="MmcStatus.BlobChanged"/>: the object is gone, the buffers hold garbage; <see
    /// cref="MmcStatus.StateMismatch"/>: another process is still writing it; <see cref="MmcStatus.LinkNotFound"/>: the
    /// segment can't be reached.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus CopyBatch(
        ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, CopyDirection direction, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        if (CheckCopy(addresses, buffers, direction, results.Length) is not MmcStatus.Ok and var illegal)
        {
            results.Fill(illegal);
            return illegal;
        }

        ClientCall kind = direction == CopyDirection.Put ? ClientCall.CopyPut : ClientCall.CopyGet;
        long begun = BeginTimed(kind);
        AddressScratch scratch = _addresses.Rent(addresses.Length);
        try
        {
            return CopyAddressed(scratch, addresses, buffers, direction, results[..addresses.Length]);
        }
        finally
        {
            _addresses.Return(scratch);
            // Its entries have their own outcomes: as a call it does not fail.
            EndTimed(kind, begun, MmcStatus.Ok);
        }
    }

    private MmcStatus CheckCopy(
        ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, CopyDirection direction, int resultCount) =>
        Volatile.Read(ref _closed) != 0 ? MmcStatus.NotInitialised
        : direction is not (CopyDirection.Put or CopyDirection.Get) || buffers.ObjectCount != addresses.Length
            ? MmcStatus.InvalidParameter
        : CheckCounts(addresses.Length, resultCount);

    private MmcStatus CopyAddressed(
        AddressScratch scratch, ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, CopyDirection direction,
        Span<MmcStatus> results)
    {
        if (direction == CopyDirection.Put)
        {
            PutAddressed(scratch, addresses, buffers, results);
        }
        else
        {
            GetAddressed(scratch, addresses, buffers, results);
        }

        return Finish(MmcStatus.Ok, results);
    }

    private void PutAddressed(
        AddressScratch scratch, ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, Span<MmcStatus> results)
    {
        _addresses.BeginPuts(addresses, buffers.SizesBytes, scratch.Entries, results);
        try
        {
            for (int i = 0; i < addresses.Length; i++)
            {
                if (results[i] == MmcStatus.Ok)
                {
                    results[i] = AddPut(scratch, addresses[i], buffers, i);
                }
            }

            MmcStatus copied = scratch.Run(_copies, CopyDirection.Put, NewDeadline());
            EndPuts(scratch, results);
            _counters.AddPut(0, 0, Settle(buffers, copied, results));
            CountCopies(scratch, buffers, ReportCounter.PutReplicas, results);
        }
        finally
        {
            _addresses.EndCopies(scratch.Entries);
        }
    }

    private MmcStatus AddPut(
        AddressScratch scratch, GlobalAddress address, BufferBatch buffers, int index)
    {
        // A segment that is gone, with its rank: nothing that is written there reaches anybody.
        ref CopyEntry entry = ref scratch.Entries[index];
        SegmentHandle? handle = entry.Blob!.FindSegment();
        if (handle is null || scratch.Hold(handle) is not { } view)
        {
            return handle?.Remote is not { } remote ? MmcStatus.NotConnectedToLocal
                : AddRemotePut(scratch, ref entry, remote, address, buffers.Layers(index));
        }

        nuint destination = view.DataAddress(address.Offset, buffers.SizesBytes[index]);
        if (destination == 0)
        {
            return MmcStatus.NotEnoughMemory;
        }

        entry.View = view;
        scratch.AddPutPieces(destination, buffers.Layers(index));
        return MmcStatus.Ok;
    }

    private MmcStatus AddRemotePut(
        AddressScratch scratch, ref CopyEntry entry, RemoteSegment remote, GlobalAddress address, ReadOnlySpan<MemoryBuffer> layers)
    {
        // Nothing is sent to a host that did not answer lately, so the allocation stays as it was.
        if (!remote.IsReachable)
        {
            return MmcStatus.LinkNotFound;
        }

        entry.IsRemote = true;
        entry.Operation = scratch.RemoteOf(_transport!).AddWrite(remote, entry.Blob!.Blob, address.Offset, layers);
        return MmcStatus.Ok;
    }

    /// <summary>
    /// Takes over what became of the copies over the network, before the allocations may be finished.
    /// </summary>
    private void EndPuts(AddressScratch scratch, Span<MmcStatus> results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            ref CopyEntry entry = ref scratch.Entries[i];
            if (entry.IsRemote && results[i] == MmcStatus.Ok)
            {
                results[i] = scratch.Remote.StatusAt(entry.Operation);
                if (results[i] is not (MmcStatus.Ok or MmcStatus.ReservationRevoked))
                {
                    _addresses.Doubt((Allocation)entry.Blob!);
                }
            }
        }
    }

    private void GetAddressed(
        AddressScratch scratch, ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, Span<MmcStatus> results)
    {
        _addresses.BeginGets(addresses, buffers.SizesBytes, scratch.Entries, results);
        try
        {
            CopyOut(scratch, addresses, buffers, results);
        }
        finally
        {
            _addresses.EndCopies(scratch.Entries);
        }
    }

    private void CopyOut(
        AddressScratch scratch, ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, Span<MmcStatus> results)
    {
        Session? session = _membership.Current;
        for (int i = 0; i < addresses.Length; i++)
        {
            if (results[i] == MmcStatus.Ok)
            {
                results[i] = BeginGet(scratch, session, addresses[i], buffers, i);
            }
        }

        MmcStatus copied = scratch.Run(_copies, CopyDirection.Get, NewDeadline());
        for (int i = 0; i < addresses.Length; i++)
        {
            ref CopyEntry entry = ref scratch.Entries[i];
            if (results[i] == MmcStatus.Ok)
            {
                results[i] = entry.IsRemote ? scratch.Remote.StatusAt(entry.Operation)
                    : entry.View!.IsStamped(addresses[i].Offset, buffers.SizesBytes[i], entry.Stamp) ? MmcStatus.Ok
                    : MmcStatus.BlobChanged;
            }

            if (results[i] == MmcStatus.BlobChanged)
            {
                _counters.AddBlobChanged();
            }
        }

        _counters.AddGot(0, 0, Settle(buffers, copied, results));
        CountCopies(scratch, buffers, ReportCounter.GetObjects, results);
    }

    private MmcStatus BeginGet(
        AddressScratch scratch, Session? session, GlobalAddress address, BufferBatch buffers, int index)
    {
        ref CopyEntry entry = ref scratch.Entries[index];
        SegmentHandle? handle = entry.Blob is { } known
            ? known.FindSegment()
            : FindSegment(session, address.Segment);
        entry.View = handle is null ? null : scratch.Hold(handle);
        if (entry.View is not { } view)
        {
            return handle?.Remote is { } remote ? AddRemoteGet(scratch, ref entry, remote, address, buffers.Layers(index))
                : handle is null && entry.Blob is not null ? MmcStatus.BlobChanged
                : MmcStatus.LinkNotFound;
        }

        long sizeBytes = buffers.SizesBytes[index];
        entry.Stamp = entry.Blob?.Blob.Generation ?? view.StampAt(address.Offset);
        entry.Stamp |= entry.IsInAllocation ? SegmentLayout.HiddenStampBit : 0;
        MmcStatus status = entry.Blob is not null ? MmcStatus.Ok : JudgeStamp(handle!, address, entry.Stamp);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!view.IsStamped(address.Offset, sizeBytes, entry.Stamp))
        {
            // What was found by its first page's stamp alone: the range goes on behind the blob.
            return entry.Blob is not null || !view.IsStamped(address.Offset, 1, entry.Stamp)
                ? MmcStatus.BlobChanged
                : MmcStatus.InvalidParameter;
        }

        nuint source = view.DataAddress(address.Offset, sizeBytes);
        if (source == 0)
        {
            return MmcStatus.NotEnoughMemory;
        }

        scratch.AddGetPieces(source, sizeBytes, buffers.Layers(index));
        return MmcStatus.Ok;
    }

    private MmcStatus AddRemoteGet(
        AddressScratch scratch, ref CopyEntry entry, RemoteSegment remote, GlobalAddress address, ReadOnlySpan<MemoryBuffer> layers)
    {
        entry.IsRemote = true;
        RemoteBatch batch = scratch.RemoteOf(_transport!);
        if (entry.Blob is { } known)
        {
            ulong stamp = known.Blob.Generation | (entry.IsInAllocation ? SegmentLayout.HiddenStampBit : 0);
            entry.Operation = batch.AddRead(remote, address.Offset, stamp, layers);
        }
        else
        {
            entry.Operation = batch.AddRead(remote, address, layers);
        }

        return MmcStatus.Ok;
    }

    /// <summary>Bytes by the way they went. A part of an object is no object, so only bytes are counted.</summary>
    private void CountCopies(
        AddressScratch scratch, BufferBatch buffers, ReportCounter counter, ReadOnlySpan<MmcStatus> results)
    {
        Span<long> bytes = stackalloc long[ReportLayout.PathCount];
        SegmentView? own = _membership.Current?.Own?.View;
        for (int i = 0; i < results.Length; i++)
        {
            ref CopyEntry entry = ref scratch.Entries[i];
            DataPath path = entry.IsRemote ? DataPath.Tcp
                : entry.View is not null && entry.View == own ? DataPath.Own
                : DataPath.Mapped;
            bytes[(int)path] += results[i] == MmcStatus.Ok ? buffers.SizesBytes[i] : 0;
        }

        for (int path = 0; path < bytes.Length; path++)
        {
            if (bytes[path] > 0)
            {
                _counters.AddMoved(counter, (DataPath)path, 0, bytes[path]);
            }
        }
    }

    private static long BeginTimed(ClientCall kind)
    {
        StoreEvents.Log.Begin(kind);
        return Stopwatch.GetTimestamp();
    }

    private void EndTimed(ClientCall kind, long begun, MmcStatus status)
    {
        _counters.AddCall(kind, Stopwatch.GetTimestamp() - begun, status);
        StoreEvents.Log.End(kind, status, (long)Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
    }

    private long NewDeadline() => Deadline.In(_options.ClientTimeoutSeconds * 1000L);

    /// <summary>
    /// Of an address that this process was not told by us: whether the page is a blob's that it can have come from.
    /// </summary>
    private static MmcStatus JudgeStamp(SegmentHandle handle, GlobalAddress address, ulong stamp)
    {
        ulong generation = stamp & ~SegmentLayout.HiddenStampBit;
        return stamp == 0 || !address.HasTagOf(handle.Uuid, generation) ? MmcStatus.BlobChanged
            : stamp != generation ? MmcStatus.StateMismatch
            : MmcStatus.Ok;
    }

    /// <summary>A segment by its number; the list is fetched anew if it is not there.</summary>
    private SegmentHandle? FindSegment(Session? session, SegmentId segment)
    {
        SegmentHandle? handle = session?.KnownSegment(segment);
        if (handle is null && session is not null)
        {
            var call = NewCall(ClientCall.Untimed);
            while (call.Begin())
            {
                call.Context.Prepare(0, 0);
                handle = call.Session.FindSegment(segment, call.Context, call.Deadline);
                call.Status = MmcStatus.Ok;
                call.End();
            }
        }

        return handle;
    }

    /// <summary>Gives the entries that were to be copied the copy's own status.</summary>
    /// <returns>Bytes of those that are Ok.</returns>
    private static long Settle(BufferBatch buffers, MmcStatus copied, Span<MmcStatus> results)
    {
        long sizeBytes = 0;
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = results[i] == MmcStatus.Ok ? copied : results[i];
            sizeBytes += results[i] == MmcStatus.Ok ? buffers.SizesBytes[i] : 0;
        }

        return sizeBytes;
    }
}
