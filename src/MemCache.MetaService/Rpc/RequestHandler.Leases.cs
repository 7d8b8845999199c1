using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>Leases by key. They belong to the session, whichever of its connections they came on.</content>
internal sealed partial class RequestHandler
{
    private MmcStatus AddLease(SessionId holder, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.AddLease;
        if (!LookupRequest.TryDecode(payload, out LookupRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        KeySpans keys = request.Keys;
        Note(ref outcome, Operation.AddLease, keys.Count);
        long nowMs = ReleaseLeases(request.Releases);
        Span<byte> reply = room.Take(LocationsReply.SizeBytesMax(keys.Count));
        _ = LocationsReply.Begin(
            reply, keys.Count, out Span<ObjectLocation> objects, out Span<ReplicaLocation> replicas);
        int replicaCount = _engine.AddKeyLeases(holder, keys, request.LeaseMs, nowMs, objects, replicas);
        outcome.PayloadBytes = LocationsReply.End(reply, keys.Count, replicaCount);
        outcome.HasKeyFailed = HasFailure(objects);
        return MmcStatus.Ok;
    }
}
