using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>The copies of a put: all replicas of an object are written, side by side, or it is dropped.</content>
public sealed partial class ObjectStore
{
    /// <summary>
    /// Takes the slots and collects the pieces of every reservation. Every reservation gets a commit entry, to
    /// publish or to drop.
    /// </summary>
    private int BeginWrites(ref CallScope call, in KeySpans keys, BufferBatch buffers, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        int commitCount = 0;
        for (int i = 0; i < keys.Count; i++)
        {
            ref ObjectLocation location = ref context.Objects[i];
            // The stored object is what a put of this key means: immutable, first one wins.
            results[i] = location.Status == MmcStatus.DuplicatedObject ? MmcStatus.Ok : location.Status;
            if (location.Status != MmcStatus.Ok)
            {
                continue;
            }

            MmcStatus status = BeginWrite(ref call, keys, i, buffers.Layers(i));
            results[i] = StatusOf(status, location);
            context.CommitIndexes[commitCount] = i;
            context.Commits[commitCount++] = new CommitEntry
            {
                Ref = location.Ref,
                Generation = context.Replicas[location.FirstReplicaIndex].Generation,
                Publish = status == MmcStatus.Ok ? CommitEntry.PublishAll : CommitEntry.Drop,
            };
        }

        return commitCount;
    }

    /// <summary>
    /// Begins all replicas of one object, or none: those that are mapped take their slots here, and when all have
    /// theirs, the others are collected for the network.
    /// </summary>
    private MmcStatus BeginWrite(ref CallScope call, in KeySpans keys, int index, ReadOnlySpan<MemoryBuffer> layers)
    {
        CallContext context = call.Context;
        ref ObjectLocation location = ref context.Objects[index];
        ref TransferEntry entry = ref context.Entries[index];
        entry = default;
        entry.Operation = -1;
        int pieceCount = context.PieceCount;
        for (int r = 0; r < location.ReplicaCount; r++)
        {
            BlobLocation blob = Blob(context.Replicas[location.FirstReplicaIndex + r], location.SizeBytes);
            SegmentHandle? handle = call.Session.FindSegment(blob.Segment, context, call.Deadline);
            SegmentView? view = handle is null ? null : context.HoldForWriting(handle, blob.Segment);
            RemoteSegment? remote = view is null ? handle?.Remote : null;
            context.Ways[r] = remote;
            MmcStatus status = view is not null ? BeginMapped(context, view, blob, layers)
                : remote is { IsReachable: true } ? MmcStatus.Ok
                : MmcStatus.LinkNotFound;
            if (status != MmcStatus.Ok)
            {
                // What was taken for the earlier replicas is given up before the reservation is dropped.
                AbortWrites(ref call, location, r);
                context.CutPieces(pieceCount);
                return status;
            }

            entry.OperationCount += remote is null ? 0 : 1;
        }

        entry.Checksum = _options.ChecksumEnable ? Checksum.Of(layers) : 0;
        if (entry.OperationCount > 0)
        {
            AddPuts(ref call, keys, index, layers);
        }

        return MmcStatus.Ok;
    }

    private static MmcStatus BeginMapped(
        CallContext context, SegmentView view, in BlobLocation blob, ReadOnlySpan<MemoryBuffer> layers)
    {
        MmcStatus status = view.BeginWrite(blob);
        nuint destination = status == MmcStatus.Ok ? view.DataAddress(blob.Offset, blob.SizeBytes) : 0;
        if (destination != 0)
        {
            context.AddPutPieces(destination, layers);
        }
        else if (status == MmcStatus.Ok)
        {
            view.AbortWrite(blob);
            status = MmcStatus.NotEnoughMemory;
        }

        return status;
    }

    private void AddPuts(ref CallScope call, in KeySpans keys, int index, ReadOnlySpan<MemoryBuffer> layers)
    {
        CallContext context = call.Context;
        ref ObjectLocation location = ref context.Objects[index];
        ref TransferEntry entry = ref context.Entries[index];
        for (int r = 0; r < location.ReplicaCount; r++)
        {
            if (context.Ways[r] is { } remote)
            {
                BlobLocation blob = Blob(context.Replicas[location.FirstReplicaIndex + r], location.SizeBytes);
                int operation = context.RemoteOf(_transport!).AddPut(
                    remote, blob, IdentityOf(context, keys, index, r), layers);
                entry.Operation = entry.Operation < 0 ? operation : entry.Operation;
            }
        }
    }

    private BlobIdentity IdentityOf(CallContext context, in KeySpans keys, int index, int replica)
    {
        ref ObjectLocation location = ref context.Objects[index];
        return new BlobIdentity
        {
            Key = keys[index],
            Checksum = _options.ChecksumEnable ? context.Entries[index].Checksum : null,
            PutGeneration = context.Replicas[location.FirstReplicaIndex].Generation,
            ReplicaCount = location.ReplicaCount,
            ReplicaIndex = replica,
            Terms = context.Terms,
        };
    }

    /// <summary>Gives up the slots of the first replicas, as far as they are mapped.</summary>
    private static void AbortWrites(ref CallScope call, in ObjectLocation location, int replicaCount)
    {
        for (int r = 0; r < replicaCount; r++)
        {
            BlobLocation blob = Blob(call.Context.Replicas[location.FirstReplicaIndex + r], location.SizeBytes);
            call.Context.HeldForWriting(blob.Segment)?.AbortWrite(blob);
        }
    }

    /// <summary>Marks the slots ready, or gives them up if one replica of the object was not written.</summary>
    private void EndWrites(ref CallScope call, in KeySpans keys, MmcStatus copied, int commitCount, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        for (int c = 0; c < commitCount; c++)
        {
            int index = context.CommitIndexes[c];
            if (context.Commits[c].Publish != CommitEntry.PublishAll)
            {
                continue;
            }

            ref ObjectLocation location = ref context.Objects[index];
            MmcStatus status = EndRemote(context, context.Entries[index], out bool isInDoubt);
            status = status != MmcStatus.Ok ? status
                : copied != MmcStatus.Ok ? copied
                : EndMapped(ref call, location, keys, index);
            results[index] = StatusOf(status, location);
            if (status == MmcStatus.Ok)
            {
                CountWrites(ref call, location, context.Entries[index].OperationCount);
            }
            else
            {
                AbortWrites(ref call, location, location.ReplicaCount);
                context.Commits[c].Publish = isInDoubt ? CommitEntry.DropInDoubt : CommitEntry.Drop;
            }
        }
    }

    /// <summary>The first failure among the replicas of an object that went over the network.</summary>
    /// <param name="context">Has the operations.</param>
    /// <param name="entry">Which of them are the object's.</param>
    /// <param name="isInDoubt">
    /// Whether bytes of one may still be on their way: then only the segment's owner knows when its space is free.
    /// </param>
    private static MmcStatus EndRemote(CallContext context, in TransferEntry entry, out bool isInDoubt)
    {
        MmcStatus first = MmcStatus.Ok;
        isInDoubt = false;
        for (int i = 0; i < entry.OperationCount; i++)
        {
            MmcStatus status = context.Remote.StatusAt(entry.Operation + i);
            first = first == MmcStatus.Ok ? status : first;
            isInDoubt |= status is not (MmcStatus.Ok or MmcStatus.ReservationRevoked);
        }

        return first;
    }

    private MmcStatus EndMapped(ref CallScope call, in ObjectLocation location, in KeySpans keys, int index)
    {
        CallContext context = call.Context;
        int writtenCount = context.Entries[index].OperationCount;
        for (int r = 0; r < location.ReplicaCount; r++)
        {
            BlobLocation blob = Blob(context.Replicas[location.FirstReplicaIndex + r], location.SizeBytes);
            if (context.HeldForWriting(blob.Segment) is SegmentView view)
            {
                MmcStatus status = view.EndWrite(blob, IdentityOf(context, keys, index, r));
                if (status != MmcStatus.Ok)
                {
                    return status;
                }

                writtenCount++;
            }
        }

        // A segment that was dropped meanwhile has taken its replica along.
        return writtenCount == location.ReplicaCount ? MmcStatus.Ok : MmcStatus.NotConnectedToLocal;
    }

    private static void CountWrites(ref CallScope call, in ObjectLocation location, int remoteCount)
    {
        StoreLane lane = call.Context.Lane;
        lane.AddMoved(ReportCounter.PutReplicas, DataPath.Tcp, remoteCount, remoteCount * location.SizeBytes);
        int ownCount = 0;
        for (int r = 0; r < location.ReplicaCount; r++)
        {
            SegmentId segment = call.Context.Replicas[location.FirstReplicaIndex + r].Segment;
            ownCount += call.Session.OwnSegment == segment ? 1 : 0;
        }

        // The own segment is always mapped.
        int mappedCount = location.ReplicaCount - remoteCount - ownCount;
        lane.AddMoved(ReportCounter.PutReplicas, DataPath.Own, ownCount, ownCount * location.SizeBytes);
        lane.AddMoved(ReportCounter.PutReplicas, DataPath.Mapped, mappedCount, mappedCount * location.SizeBytes);
    }

    /// <summary>Of several replicas the caller learns that one failed; of a single one, how.</summary>
    private static MmcStatus StatusOf(MmcStatus status, in ObjectLocation location) =>
        status == MmcStatus.Ok || location.ReplicaCount == 1 ? status : MmcStatus.ReplicaWriteFailed;
}
