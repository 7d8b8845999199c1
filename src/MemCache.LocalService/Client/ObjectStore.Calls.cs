using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>What all calls share.</content>
public sealed partial class ObjectStore
{
    // Ended reads that ride on one request: 4 KiB of stack and of frame; a client that reads more than that in a batch sends the
    // rest with its next requests.
    private const int LeasesPerRequest = 256;

    private CallScope NewCall(ClientCall kind) =>
        new(_membership, _options, _counters, kind, Volatile.Read(ref _closed) != 0);

    private static MmcStatus CheckCounts(int keyCount, int resultCount) =>
        keyCount > Limits.BatchCountMax || resultCount < keyCount ? MmcStatus.InvalidParameter : MmcStatus.Ok;

    /// <summary>The whole batch's status: that of the call if it failed, else the first entry's that is not Ok.</summary>
    private static MmcStatus Finish(MmcStatus status, Span<MmcStatus> results)
    {
        if (status != MmcStatus.Ok)
        {
            results.Fill(status);
            return status;
        }

        int first = MemoryMarshal.Cast<MmcStatus, int>(results).IndexOfAnyExcept((int)MmcStatus.Ok);
        return first < 0 ? MmcStatus.Ok : results[first];
    }

    /// <summary>Looks keys up; the answer is in the context's <see cref="CallContext.Objects"/> and <see cref="CallContext.Replicas"/>.</summary>
    private static MmcStatus Lookup(
        Session session, CallContext context, in KeySpans keys, int leaseMs, long deadline) =>
        Locate(Opcode.Lookup, session, context, keys, leaseMs, deadline);

    private static MmcStatus Locate(
        Opcode opcode, Session session, CallContext context, in KeySpans keys, int leaseMs, long deadline)
    {
        Span<LeaseRelease> releases = session.Leases.IsEmpty ? default : stackalloc LeaseRelease[LeasesPerRequest];
        releases = releases[..session.Leases.Take(releases)];
        Span<byte> room = context.Connection.Payload(LookupRequest.SizeBytes(releases.Length, keys));
        int length = LookupRequest.Encode(room, releases, keys, leaseMs);
        MmcStatus status = context.Connection.Call(opcode, length, deadline, out ReadOnlySpan<byte> reply);
        return Keep(context, status, reply, keys.Count);
    }

    private static MmcStatus Reserve(
        Session session, CallContext context, in KeySpans keys, ReadOnlySpan<long> sizes, in ReplicateOptions options,
        long deadline)
    {
        Span<LeaseRelease> releases = session.Leases.IsEmpty ? default : stackalloc LeaseRelease[LeasesPerRequest];
        releases = releases[..session.Leases.Take(releases)];
        Span<byte> room = context.Connection.Payload(ReserveRequest.SizeBytes(releases.Length, keys));
        int length = ReserveRequest.Encode(room, releases, keys, sizes, options, Medium.Dram);
        MmcStatus status = context.Connection.Call(Opcode.Reserve, length, deadline, out ReadOnlySpan<byte> reply);
        return Keep(context, status, reply, keys.Count);
    }

    /// <summary>Copies an answer out of the connection's buffer, which the next request needs.</summary>
    private static MmcStatus Keep(
        CallContext context, MmcStatus status, ReadOnlySpan<byte> payload, int count)
    {
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!LocationsReply.TryDecode(payload, count, out LocationsReply reply))
        {
            return MmcStatus.UnexpectedResult;
        }

        context.Prepare(count, reply.Replicas.Length);
        reply.Objects.CopyTo(context.Objects);
        reply.Replicas.CopyTo(context.Replicas);
        return MmcStatus.Ok;
    }

    private static BlobLocation Blob(in ReplicaLocation replica, long sizeBytes) =>
        new(replica.Segment, replica.Slot, replica.Generation, replica.Offset, sizeBytes);
}
