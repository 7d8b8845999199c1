using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Put: reserve, copy, commit; two requests for the whole batch.</content>
public sealed partial class ObjectStore
{
    /// <summary>Stores an object. A key that exists keeps its object, and that is a success.</summary>
    /// <param name="key">1 .. 256 bytes of UTF-8.</param>
    /// <param name="value">1 byte or more, at most what a segment holds.</param>
    /// <param name="options">Replicas and where, pin and time to live.</param>
    /// <returns>
    /// <see cref="MmcStatus.Ok"/>: every client sees the object from now on. <see cref="MmcStatus.InvalidParameter"/>,
    /// <see cref="MmcStatus.AllocationFailed"/>, <see cref="MmcStatus.ExceedsCapacity"/>, <see
    /// cref="MmcStatus.NotConnectedToMeta"/>, <see cref="MmcStatus.Timeout"/>, <see cref="MmcStatus.LinkNotFound"/>,
    /// <see cref="MmcStatus.QuotaExceeded"/> and
    /// others: nothing is visible. <see cref="MmcStatus.ReplicaWriteFailed"/>: one of several replicas could not be
    /// written, and so none is visible.
    /// </returns>
    public MmcStatus Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, in ReplicateOptions options = default)
    {
        var call = NewCall(ClientCall.Put);
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            call.Status = PutPinned(ref call, value, options);
            call.End();
        }

        return call.Status;
    }

    /// <inheritdoc cref="Put(ReadOnlySpan{byte}, ReadOnlySpan{byte}, in ReplicateOptions)"/>
    public MmcStatus Put(string key, ReadOnlySpan<byte> value, in ReplicateOptions options = default)
    {
        var call = NewCall(ClientCall.Put);
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            call.Status = PutPinned(ref call, value, options);
            call.End();
        }

        return call.Status;
    }

    /// <summary>Stores objects, each of one or more buffers that are its bytes one behind the other.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="buffers">Shape [n] of 1 .. <see cref="Limits.LayerCountMax"/> layers each.</param>
    /// <param name="options">Replicas and where, pin and time to live, for all of them.</param>
    /// <param name="results">Shape [n]; every entry is written, on failure too.</param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus PutBatch(KeyBatch keys, BufferBatch buffers, in ReplicateOptions options, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(buffers);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        illegal = buffers.ObjectCount != keys.Count || !options.IsValid ? MmcStatus.InvalidParameter : illegal;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(ClientCall.BatchPut);
        while (call.Begin())
        {
            call.Status = PutAttempt(ref call, keys.Spans, buffers, options, results);
            call.End();
        }

        return Finish(call.Status, results);
    }

    private MmcStatus PutPinned(ref CallScope call, ReadOnlySpan<byte> value, in ReplicateOptions options)
    {
        if (value.IsEmpty || !options.IsValid)
        {
            return MmcStatus.InvalidParameter;
        }

        return PinnedSpan.Use(value, new PutState(this, ref call, options, value.Length), static (address, state) =>
        {
            BufferBatch buffers = state.Call.Context.SingleBuffers;
            buffers.Clear();
            buffers.AddObject(address, state.SizeBytes);
            var result = default(MmcStatus);
            MmcStatus status = state.Store.PutAttempt(
                ref state.Call, state.Call.Context.SingleKey.Spans, buffers, state.Options, new Span<MmcStatus>(ref result));
            return status == MmcStatus.Ok ? result : status;
        });
    }

    private MmcStatus PutAttempt(
        ref CallScope call, in KeySpans keys, BufferBatch buffers, in ReplicateOptions options, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        StoreLane lane = context.Lane;
        long begun = lane.Begin(ClientPhase.PutReserve);
        MmcStatus status = Reserve(call.Session, context, keys, buffers.SizesBytes, options, call.Deadline);
        lane.End(ClientPhase.PutReserve, begun, status == MmcStatus.Ok);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        context.Terms = StoredTerms.Of(options.Pin, options.TtlMs, TimeProvider.System);
        begun = lane.Begin(ClientPhase.PutCopy);
        int commitCount = BeginWrites(ref call, keys, buffers, results);
        if (commitCount == 0)
        {
            lane.End(ClientPhase.PutCopy, begun, isGood: true);
            return MmcStatus.Ok;
        }

        MmcStatus copied = context.Run(_copies, CopyDirection.Put, call.Deadline);
        EndWrites(ref call, keys, copied, commitCount, results);
        lane.End(ClientPhase.PutCopy, begun, copied == MmcStatus.Ok);
        begun = lane.Begin(ClientPhase.PutCommit);
        status = Commit(ref call, commitCount, results);
        lane.End(ClientPhase.PutCommit, begun, status == MmcStatus.Ok);
        return status;
    }

    private MmcStatus Commit(ref CallScope call, int commitCount, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        ReadOnlySpan<CommitEntry> entries = context.Commits.AsSpan(0, commitCount);
        int length = CommitRequest.Encode(context.Connection.Payload(CommitRequest.SizeBytes(0, commitCount)), [], entries);
        MmcStatus status = context.Connection.Call(Opcode.Commit, length, call.Deadline, out ReadOnlySpan<byte> reply);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!StatusesReply.TryDecode(reply, commitCount, out ReadOnlySpan<MmcStatus> statuses))
        {
            return MmcStatus.UnexpectedResult;
        }

        long stored = 0;
        long duplicates = 0;
        long sizeBytes = 0;
        for (int c = 0; c < commitCount; c++)
        {
            int index = context.CommitIndexes[c];
            if (entries[c].Publish != CommitEntry.PublishAll)
            {
                continue;
            }

            bool duplicate = statuses[c] == MmcStatus.DuplicatedObject;
            results[index] = duplicate ? MmcStatus.Ok : statuses[c];
            duplicates += duplicate ? 1 : 0;
            stored += statuses[c] == MmcStatus.Ok ? 1 : 0;
            sizeBytes += context.Objects[index].SizeBytes * context.Objects[index].ReplicaCount;
        }

        _counters.AddPut(stored, duplicates, sizeBytes);
        return MmcStatus.Ok;
    }

    /// <summary>The view of a segment, held until the call ends; null if it can't be reached from here.</summary>
    private static SegmentView? Hold(ref CallScope call, SegmentId segment)
    {
        SegmentHandle? handle = call.Session.FindSegment(segment, call.Context, call.Deadline);
        return handle is null ? null : call.Context.Hold(handle);
    }

    private readonly ref struct PutState(ObjectStore store, ref CallScope call, in ReplicateOptions options, long sizeBytes)
    {
        private readonly ref CallScope _call = ref call;

        public ObjectStore Store { get; } = store;

        public ref CallScope Call => ref _call;

        public ReplicateOptions Options { get; } = options;

        public long SizeBytes { get; } = sizeBytes;
    }
}
