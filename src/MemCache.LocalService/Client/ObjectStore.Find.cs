using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Exists, query and remove: one request, no copy.</content>
public sealed partial class ObjectStore
{
    /// <summary>Whether an object is there and readable. Refreshes its recency; takes no lease.</summary>
    /// <returns><see cref="MmcStatus.Ok"/>, <see cref="MmcStatus.ObjectNotFound"/>, or why it is not known.</returns>
    public MmcStatus Exists(ReadOnlySpan<byte> key) => Single(Opcode.Exists, key);

    /// <inheritdoc cref="Exists(ReadOnlySpan{byte})"/>
    public MmcStatus Exists(string key) => Single(Opcode.Exists, key);

    /// <summary>Whether each object is there and readable.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">Shape [n]; every entry is written: <see cref="MmcStatus.Ok"/>, <see cref="MmcStatus.ObjectNotFound"/> or an error.</param>
    /// <returns><see cref="MmcStatus.Ok"/> if every object is there; else the first entry that is not.</returns>
    public MmcStatus ExistsBatch(KeyBatch keys, Span<MmcStatus> results) => Statuses(Opcode.Exists, keys, results);

    /// <summary>Removes an object: invisible at once; its space comes back when no read lease holds it.</summary>
    /// <returns><see cref="MmcStatus.Ok"/>, <see cref="MmcStatus.ObjectNotFound"/>, or why it was not removed.</returns>
    public MmcStatus Remove(ReadOnlySpan<byte> key) => Single(Opcode.Remove, key);

    /// <inheritdoc cref="Remove(ReadOnlySpan{byte})"/>
    public MmcStatus Remove(string key) => Single(Opcode.Remove, key);

    /// <summary>Removes objects.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">Shape [n]; every entry is written.</param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus RemoveBatch(KeyBatch keys, Span<MmcStatus> results) => Statuses(Opcode.Remove, keys, results);

    /// <summary>Removes all objects of the pool.</summary>
    public MmcStatus RemoveAll()
    {
        var call = NewCall(ClientCall.RemoveAll);
        while (call.Begin())
        {
            int length = ReleasesRequest.Encode(call.Context.Connection.Payload(ReleasesRequest.SizeBytes(0)), []);
            call.Status = call.Context.Connection.Call(Opcode.RemoveAll, length, call.Deadline, out _);
            call.End();
        }

        return call.Status;
    }

    /// <summary>Asks where objects are, without touching their recency.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">Shape [n]; every entry is written.</param>
    /// <returns><see cref="MmcStatus.Ok"/> if every object is there; else the first entry that is not.</returns>
    public MmcStatus Query(KeyBatch keys, Span<ObjectDescription> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        var call = NewCall(ClientCall.Query);
        while (illegal == MmcStatus.Ok && keys.Count > 0 && call.Begin())
        {
            call.Status = Lookup(call.Session, call.Context, keys.Spans, LookupRequest.NoLease, call.Deadline);
            for (int i = 0; i < keys.Count && call.Status == MmcStatus.Ok; i++)
            {
                results[i] = Describe(call.Session, call.Context, call.Context.Objects[i]);
            }

            call.End();
        }

        MmcStatus status = illegal != MmcStatus.Ok ? illegal : keys.Count == 0 ? MmcStatus.Ok : call.Status;
        if (status != MmcStatus.Ok)
        {
            results.Fill(ObjectDescription.Absent(status));
            return status;
        }

        foreach (ObjectDescription result in results[..keys.Count])
        {
            if (result.Status != MmcStatus.Ok)
            {
                return result.Status;
            }
        }

        return MmcStatus.Ok;
    }

    private ObjectDescription Describe(Session session, CallContext context, in ObjectLocation location)
    {
        if (location.Status != MmcStatus.Ok)
        {
            return ObjectDescription.Absent(location.Status);
        }

        var ranks = new List<RankId>(location.ReplicaCount);
        var media = new List<Medium>(location.ReplicaCount);
        var addresses = new List<GlobalAddress>(location.ReplicaCount);
        for (int r = 0; r < location.ReplicaCount; r++)
        {
            BlobLocation blob = Blob(context.Replicas[location.FirstReplicaIndex + r], location.SizeBytes);
            if (session.KnownSegment(blob.Segment) is SegmentHandle handle)
            {
                ranks.Add(handle.Rank);
                media.Add(handle.Medium);
                addresses.Add(Remember(session, handle, blob));
            }
        }

        return new ObjectDescription(MmcStatus.Ok, location.SizeBytes, ranks, media, addresses);
    }

    private MmcStatus Single(Opcode opcode, ReadOnlySpan<byte> key)
    {
        var call = NewCall(SingleKind(opcode));
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            SingleAttempt(opcode, ref call);
        }

        return call.Status;
    }

    private MmcStatus Single(Opcode opcode, string key)
    {
        var call = NewCall(SingleKind(opcode));
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            SingleAttempt(opcode, ref call);
        }

        return call.Status;
    }

    private static ClientCall SingleKind(Opcode opcode) =>
        opcode == Opcode.Exists ? ClientCall.Exist : ClientCall.Remove;

    private static ClientCall BatchKind(Opcode opcode) => opcode switch
    {
        Opcode.Exists => ClientCall.BatchExist,
        Opcode.Remove => ClientCall.BatchRemove,
        _ => ClientCall.RemoveLease,
    };

    private static void SingleAttempt(Opcode opcode, ref CallScope call)
    {
        var result = default(MmcStatus);
        call.Status = Statuses(opcode, call.Session, call.Context, call.Context.SingleKey.Spans, call.Deadline, new Span<MmcStatus>(ref result));
        call.End();
        call.Status = call.Status == MmcStatus.Ok ? result : call.Status;
    }

    private MmcStatus Statuses(Opcode opcode, KeyBatch keys, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(BatchKind(opcode));
        while (call.Begin())
        {
            call.Status = Statuses(opcode, call.Session, call.Context, keys.Spans, call.Deadline, results);
            call.End();
        }

        return Finish(call.Status, results);
    }

    private static MmcStatus Statuses(
        Opcode opcode, Session session, CallContext context, in KeySpans keys, long deadline, Span<MmcStatus> results)
    {
        Span<LeaseRelease> releases = session.Leases.IsEmpty ? default : stackalloc LeaseRelease[LeasesPerRequest];
        releases = releases[..session.Leases.Take(releases)];
        int length = KeysRequest.Encode(context.Connection.Payload(KeysRequest.SizeBytes(releases.Length, keys)), releases, keys);
        MmcStatus status = context.Connection.Call(opcode, length, deadline, out ReadOnlySpan<byte> reply);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!StatusesReply.TryDecode(reply, keys.Count, out ReadOnlySpan<MmcStatus> statuses))
        {
            return MmcStatus.UnexpectedResult;
        }

        statuses.CopyTo(results);
        return MmcStatus.Ok;
    }
}
