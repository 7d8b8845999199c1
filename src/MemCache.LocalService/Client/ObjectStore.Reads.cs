using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>
/// What all gets by key share: rounds in which each entry is read from the nearest of its replicas that was not tried,
/// and one more lookup for what could be read from none.
/// </content>
public sealed partial class ObjectStore
{
    private MmcStatus GetAttempt(ref CallScope call, in KeySpans keys, in ReadTargets targets, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        long begun = context.Lane.Begin(ClientPhase.GetLookup);
        MmcStatus status = Lookup(call.Session, context, keys, leaseMs: 0, call.Deadline);
        context.Lane.End(ClientPhase.GetLookup, begun, status == MmcStatus.Ok);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        begun = context.Lane.Begin(ClientPhase.GetCopy);
        long gotBytes = 0;
        int lostCount = ReadFound(ref call, keys.Count, targets, isAgain: false, ref gotBytes, results);
        if (lostCount > 0 && !Deadline.HasPassed(call.Deadline))
        {
            ReadMoved(ref call, keys, targets, ref gotBytes, results);
        }
        else
        {
            ReturnLeases(call.Session, context, keys.Count);
        }

        CountReads(gotBytes, results);
        context.Lane.End(ClientPhase.GetCopy, begun, isGood: lostCount == 0);
        return MmcStatus.Ok;
    }

    /// <summary>
    /// Looks up anew what could be read from no replica: it may have moved, or be gone, which is a miss and no error.
    /// Once: what changes faster than that is not worth chasing.
    /// </summary>
    private void ReadMoved(
        ref CallScope call, in KeySpans keys, in ReadTargets targets, ref long gotBytes, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        context.MovedKeys.Clear();
        context.MovedIndexes.Clear();
        for (int i = 0; i < keys.Count; i++)
        {
            if (context.Entries[i].State == TransferState.Lost)
            {
                context.MovedKeys.Add(keys[i]);
                context.MovedIndexes.Add(i);
            }
        }

        context.Lane.Add(ReportCounter.LookupsRepeated, context.MovedIndexes.Count);
        ReturnLeases(call.Session, context, keys.Count);
        KeySpans moved = context.MovedKeys.Spans;
        if (Lookup(call.Session, context, moved, leaseMs: 0, call.Deadline) == MmcStatus.Ok)
        {
            ReadTargets some = targets.Some(CollectionsMarshal.AsSpan(context.MovedIndexes));
            _ = ReadFound(ref call, moved.Count, some, isAgain: true, ref gotBytes, results);
            ReturnLeases(call.Session, context, moved.Count);
        }
    }

    /// <summary>Reads what a lookup found.</summary>
    /// <returns>How many entries could be read from none of their replicas.</returns>
    private int ReadFound(
        ref CallScope call, int count, in ReadTargets targets, bool isAgain, ref long gotBytes, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        int running = 0;
        for (int i = 0; i < count; i++)
        {
            ref TransferEntry entry = ref context.Entries[i];
            ref ObjectLocation location = ref context.Objects[i];
            entry = default;
            MmcStatus status = location.Status == MmcStatus.Ok
                ? targets.Place(i, location.SizeBytes, ref entry) : location.Status;
            results[targets.At(i)] = status != MmcStatus.Ok ? status
                : BeginRead(ref call, i, targets, isAgain, isAgain ? results[targets.At(i)] : MmcStatus.LinkNotFound);
            running += entry.State == TransferState.Running ? 1 : 0;
        }

        while (running > 0)
        {
            MmcStatus copied = context.Run(_copies, CopyDirection.Get, call.Deadline);
            bool hasFailed = EndReads(ref call, count, targets, copied, ref gotBytes, results);
            running = hasFailed ? GoOn(ref call, count, targets, isAgain, results) : 0;
        }

        int lostCount = 0;
        for (int i = 0; i < count; i++)
        {
            lostCount += context.Entries[i].State == TransferState.Lost ? 1 : 0;
        }

        return lostCount;
    }

    /// <summary>Begins to read an entry from its nearest replica that was not tried and looks current.</summary>
    /// <param name="call">The call.</param>
    /// <param name="index">The entry.</param>
    /// <param name="targets">Where to.</param>
    /// <param name="isAgain">
    /// Whether replicas on hosts that do not answer are left alone: they were tried already.
    /// </param>
    /// <param name="failure">What the entry gets if there is none.</param>
    private MmcStatus BeginRead(
        ref CallScope call, int index, in ReadTargets targets, bool isAgain, MmcStatus failure)
    {
        CallContext context = call.Context;
        ref TransferEntry entry = ref context.Entries[index];
        while (TryChoose(ref call, context.Objects[index], isAgain, ref entry, out SegmentHandle? handle, out SegmentView? view))
        {
            ReplicaLocation replica = context.Replicas[entry.ReplicaIndex];
            long offset = replica.Offset + entry.Offset;
            if (view is null)
            {
                entry.State = TransferState.Running;
                entry.Operation = AddRead(context, handle!, entry, replica, targets, index);
                return MmcStatus.Ok;
            }

            // Only the pages that are read have to be current.
            bool isCurrent = view.IsStamped(offset, entry.SizeBytes, replica.Generation);
            nuint source = isCurrent ? view.DataAddress(offset, entry.SizeBytes) : 0;
            if (source != 0)
            {
                entry.State = TransferState.Running;
                entry.Operation = -1;
                context.AddGetPieces(source, entry.SizeBytes, targets.Layers(index));
                return MmcStatus.Ok;
            }

            failure = isCurrent ? MmcStatus.NotEnoughMemory : MmcStatus.BlobChanged;
        }

        // Damaged bytes do not heal by asking again.
        entry.State = failure == MmcStatus.ChecksumMismatch ? TransferState.Settled : TransferState.Lost;
        return failure;
    }

    /// <summary>
    /// The nearest replica that was not tried: one that is mapped, in the order of the lookup, which names the own
    /// segment first; else one that is reached over the network; else one whose host did not answer lately.
    /// </summary>
    private static bool TryChoose(
        ref CallScope call, in ObjectLocation location, bool isAgain, ref TransferEntry entry, out SegmentHandle? handle,
        out SegmentView? view)
    {
        handle = null;
        view = null;
        int best = -1;
        bool isBestSuspect = false;
        for (int r = 0; r < location.ReplicaCount && view is null; r++)
        {
            if ((entry.Tried >> r & 1) != 0)
            {
                continue;
            }

            SegmentId segment = call.Context.Replicas[location.FirstReplicaIndex + r].Segment;
            SegmentHandle? found = call.Session.FindSegment(segment, call.Context, call.Deadline);
            view = found is null ? null : call.Context.Hold(found);
            bool isSuspect = view is null && found?.Remote is not { IsReachable: true };
            bool isChosen = view is not null
                || (found?.Remote is not null && !(isAgain && isSuspect) && (best < 0 || (isBestSuspect && !isSuspect)));
            if (isChosen)
            {
                (best, handle, isBestSuspect) = (r, found, isSuspect);
            }
        }

        if (best < 0)
        {
            return false;
        }

        entry.Tried |= (byte)(1 << best);
        entry.ReplicaIndex = (int)location.FirstReplicaIndex + best;
        return true;
    }

    private int AddRead(
        CallContext context, SegmentHandle handle, in TransferEntry entry, in ReplicaLocation replica, in ReadTargets targets, int index)
    {
        ReadOnlySpan<MemoryBuffer> layers = targets.Layers(index);
        // A single get allows a destination with room to spare; over the network the sizes have to add up.
        ReadOnlySpan<MemoryBuffer> exact = layers.Length == 1 && layers[0].SizeBytes != entry.SizeBytes
            ? [new MemoryBuffer(layers[0].Address, entry.SizeBytes)] : layers;
        long checksumSlot = _options.ChecksumEnable && !targets.AreParts ? replica.Slot : -1;
        // The way may be closed at this moment: operations on it then say so.
        return handle.Remote is { } remote
            ? context.RemoteOf(_transport!).AddRead(
                remote, replica.Offset + entry.Offset, replica.Generation, exact, checksumSlot)
            : -1;
    }

    /// <summary>
    /// Verifies what was copied: the bytes belong to the object only if its page stamps are still there.
    /// </summary>
    /// <returns>Whether an entry is to go on with its next replica.</returns>
    private bool EndReads(
        ref CallScope call, int count, in ReadTargets targets, MmcStatus copied, ref long gotBytes, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        bool hasFailed = false;
        for (int i = 0; i < count; i++)
        {
            ref TransferEntry entry = ref context.Entries[i];
            if (entry.State != TransferState.Running)
            {
                continue;
            }

            MmcStatus status = EndRead(ref call, i, targets, copied);
            entry.State = status == MmcStatus.Ok ? TransferState.Settled : TransferState.Failed;
            results[targets.At(i)] = status;
            if (status == MmcStatus.Ok)
            {
                gotBytes += entry.SizeBytes;
                DataPath path = entry.Operation >= 0 ? DataPath.Tcp
                    : PathTo(call.Session, context.Replicas[entry.ReplicaIndex].Segment);
                context.Lane.AddMoved(ReportCounter.GetObjects, path, 1, entry.SizeBytes);
            }

            hasFailed |= status != MmcStatus.Ok;
        }

        return hasFailed;
    }

    private MmcStatus EndRead(ref CallScope call, int index, in ReadTargets targets, MmcStatus copied)
    {
        CallContext context = call.Context;
        ref TransferEntry entry = ref context.Entries[index];
        ReplicaLocation replica = context.Replicas[entry.ReplicaIndex];
        SegmentView? view = entry.Operation < 0 ? Hold(ref call, replica.Segment) : null;
        MmcStatus status = entry.Operation >= 0 ? context.Remote.StatusAt(entry.Operation)
            : copied != MmcStatus.Ok ? copied
            : view?.IsStamped(replica.Offset + entry.Offset, entry.SizeBytes, replica.Generation) == true ? MmcStatus.Ok
            : MmcStatus.BlobChanged;
        if (status != MmcStatus.Ok || !_options.ChecksumEnable || targets.AreParts)
        {
            return status;
        }

        // An object that was put without a checksum has none to compare with.
        BlobLocation blob = Blob(replica, entry.SizeBytes);
        bool hasChecksum = view is null
            ? context.Remote.TryGetChecksum(entry.Operation, out uint stored)
            : view.TryReadChecksum(blob, out stored);
        if (!hasChecksum || stored == ChecksumOf(targets.Layers(index), entry.SizeBytes))
        {
            return MmcStatus.Ok;
        }

        _counters.AddChecksumMismatch();
        Log.ChecksumMismatch(_logger, call.Session.KnownSegment(blob.Segment)?.Rank ?? RankId.None, blob.Offset);
        return MmcStatus.ChecksumMismatch;
    }

    /// <summary>Begins the next round, with what failed in the last one.</summary>
    /// <returns>How many entries take part.</returns>
    private int GoOn(ref CallScope call, int count, in ReadTargets targets, bool isAgain, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        context.ClearWork();
        bool isLate = Deadline.HasPassed(call.Deadline);
        int running = 0;
        for (int i = 0; i < count; i++)
        {
            ref TransferEntry entry = ref context.Entries[i];
            if (entry.State == TransferState.Failed && isLate)
            {
                entry.State = TransferState.Lost;
            }
            else if (entry.State == TransferState.Failed)
            {
                results[targets.At(i)] = BeginRead(ref call, i, targets, isAgain, results[targets.At(i)]);
                bool goesOn = entry.State == TransferState.Running;
                running += goesOn ? 1 : 0;
                context.Lane.Add(ReportCounter.FailOvers, goesOn ? 1 : 0);
            }
        }

        return running;
    }

    private void CountReads(long gotBytes, ReadOnlySpan<MmcStatus> results)
    {
        long got = 0;
        long missed = 0;
        foreach (MmcStatus status in results)
        {
            got += status == MmcStatus.Ok ? 1 : 0;
            missed += status == MmcStatus.ObjectNotFound ? 1 : 0;
            if (status == MmcStatus.BlobChanged)
            {
                _counters.AddBlobChanged();
            }
        }

        _counters.AddGot(got, missed, gotBytes);
    }

    /// <summary>The way to a segment that is mapped.</summary>
    private static DataPath PathTo(Session session, SegmentId segment) =>
        session.OwnSegment == segment ? DataPath.Own : DataPath.Mapped;

    private static uint ChecksumOf(ReadOnlySpan<MemoryBuffer> layers, long sizeBytes) =>
        layers.Length == 1 ? Checksum.Of([new MemoryBuffer(layers[0].Address, sizeBytes)]) : Checksum.Of(layers);

    /// <summary>The reads have ended: their leases ride on the next requests.</summary>
    private static void ReturnLeases(Session session, CallContext context, int count)
    {
        int ended = 0;
        for (int i = 0; i < count; i++)
        {
            ref ObjectLocation location = ref context.Objects[i];
            if (location.Status == MmcStatus.Ok)
            {
                context.Releases[ended++] = new LeaseRelease
                {
                    Ref = location.Ref,
                    Generation = context.Replicas[location.FirstReplicaIndex].Generation,
                };
            }
        }

        session.Leases.Add(context.Releases.AsSpan(0, ended));
    }
}
