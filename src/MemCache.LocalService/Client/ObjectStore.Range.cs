using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <content>Reads of parts of objects.</content>
public sealed partial class ObjectStore
{
    /// <summary>Reads a part of each object, into one or more buffers that are filled one behind the other.</summary>
    /// <param name="keys">
    /// Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>. A key may come several times, with other parts.
    /// </param>
    /// <param name="offsets">Shape [n]: where each part begins in its object.</param>
    /// <param name="buffers">
    /// Shape [n] of 1 .. <see cref="Limits.LayerCountMax"/> layers that add up to the part's size.
    /// </param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.InvalidParameter"/>: the part leaves the object, nothing
    /// was read for it. Others as of <see cref="GetBatch"/>; checksums are of whole objects and not looked at.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus GetRangeBatch(
        KeyBatch keys, ReadOnlySpan<long> offsets, BufferBatch buffers, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(buffers);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        bool isLegal = buffers.ObjectCount == keys.Count && offsets.Length == keys.Count;
        illegal = isLegal ? illegal : MmcStatus.InvalidParameter;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall();
        while (call.Begin())
        {
            call.Status = GetRangeAttempt(ref call, keys.Spans, offsets, buffers, results);
            call.End();
        }

        return Finish(call.Status, results);
    }

    private MmcStatus GetRangeAttempt(
        ref CallScope call, in KeySpans keys, ReadOnlySpan<long> offsets, BufferBatch buffers, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        MmcStatus status = Lookup(call.Session, context, keys, leaseMs: 0, call.Deadline);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        for (int i = 0; i < keys.Count; i++)
        {
            ref ObjectLocation location = ref context.Objects[i];
            results[i] = location.Status == MmcStatus.Ok
                ? BeginReadRange(ref call, i, offsets[i], buffers.SizesBytes[i], buffers.Layers(i))
                : location.Status;
        }

        status = _copies.Copy(context.Pieces, CopyDirection.Get);
        EndReadRanges(ref call, offsets, buffers, status, results);
        ReturnLeases(call.Session, context, keys.Count);
        return MmcStatus.Ok;
    }

    /// <summary>As of a whole object, but only the pages that the part touches have to be current.</summary>
    private static MmcStatus BeginReadRange(
        ref CallScope call, int index, long offset, long sizeBytes, ReadOnlySpan<MemoryBuffer> layers)
    {
        CallContext context = call.Context;
        ref ObjectLocation location = ref context.Objects[index];
        bool isInside = sizeBytes > 0 && offset >= 0
            && sizeBytes <= location.SizeBytes && offset <= location.SizeBytes - sizeBytes;
        if (!isInside)
        {
            return MmcStatus.InvalidParameter;
        }

        MmcStatus status = MmcStatus.LinkNotFound;
        for (int r = 0; r < location.ReplicaCount; r++)
        {
            int replicaIndex = (int)location.FirstReplicaIndex + r;
            ReplicaLocation replica = context.Replicas[replicaIndex];
            if (Hold(ref call, replica.Segment) is not SegmentView view)
            {
                continue;
            }

            if (view.IsStamped(replica.Offset + offset, sizeBytes, replica.Generation))
            {
                context.ReplicaIndexes[index] = replicaIndex;
                context.AddGetPieces(view.DataAddress(replica.Offset + offset, sizeBytes), sizeBytes, layers);
                return MmcStatus.Ok;
            }

            status = MmcStatus.BlobChanged;
        }

        return status;
    }

    private void EndReadRanges(
        ref CallScope call, ReadOnlySpan<long> offsets, BufferBatch buffers, MmcStatus copied, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        long got = 0;
        long missed = 0;
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] == MmcStatus.Ok)
            {
                ReplicaLocation replica = context.Replicas[context.ReplicaIndexes[i]];
                bool isCurrent = Hold(ref call, replica.Segment) is SegmentView view
                    && view.IsStamped(replica.Offset + offsets[i], buffers.SizesBytes[i], replica.Generation);
                results[i] = isCurrent ? copied : MmcStatus.BlobChanged;
            }

            got += results[i] == MmcStatus.Ok ? 1 : 0;
            missed += results[i] == MmcStatus.ObjectNotFound ? 1 : 0;
            if (results[i] == MmcStatus.BlobChanged)
            {
                _counters.AddBlobChanged();
            }
        }

        _counters.AddGot(got, missed, Settle(buffers, MmcStatus.Ok, results));
    }
}
