using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>Pins and ends of objects that are there.</content>
internal sealed partial class RequestHandler
{
    private MmcStatus Pin(ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Pin;
        if (!PinRequest.TryDecode(payload, out PinRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        KeySpans keys = request.Keys;
        Note(ref outcome, Operation.Pin, keys.Count);
        long nowMs = ReleaseLeases(request.Releases);
        outcome.PayloadBytes = StatusesReply.Begin(
            room.Take(StatusesReply.SizeBytes(keys.Count)), keys.Count, out Span<MmcStatus> statuses);
        _engine.SetPriorities(keys, request.Pin, request.TtlMs, nowMs, statuses);
        outcome.HasKeyFailed = HasFailure(statuses);
        return MmcStatus.Ok;
    }
}
