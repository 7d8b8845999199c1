using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>Segments that bring their content back.</content>
internal sealed partial class RequestHandler
{
    private MmcStatus Restore(
        ServerConnection connection, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Restore;
        if (!RestoreRequest.TryDecode(payload, out RestoreRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        int count = request.Entries.Length;
        outcome.KeyCount = count;
        if (!TryFindOwner(connection, room, ref outcome, out Session? session))
        {
            return MmcStatus.NotConnectedToMeta;
        }

        outcome.PayloadBytes = StatusesReply.Begin(
            room.Take(StatusesReply.SizeBytes(count)), count, out Span<MmcStatus> statuses);
        _engine.Restore(session.Segment, request.Entries, request.Keys, _clock.NowMs, statuses);
        int restored = statuses.Count(MmcStatus.Ok);
        session.RestoredCount += restored;
        session.RefusedCount += count - restored;
        return MmcStatus.Ok;
    }

    private MmcStatus EndRestore(
        ServerConnection connection, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Restore;
        if (!payload.IsEmpty)
        {
            return MmcStatus.MalformedFrame;
        }

        if (!TryFindOwner(connection, room, ref outcome, out Session? session))
        {
            return MmcStatus.NotConnectedToMeta;
        }

        MmcStatus status = _engine.EndRestore(session.Segment);
        if (status == MmcStatus.Ok)
        {
            Log.Restored(
                _logger, session.Id, session.Rank, session.Segment, session.RestoredCount, session.RefusedCount);
        }

        return status;
    }

    // Only on its membership connection does a client speak for its segment.
    private static bool TryFindOwner(
        ServerConnection connection, ReplyRoom room, ref RequestOutcome outcome,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Session? session)
    {
        session = connection.Session is { IsOpen: true } open
            && open.Segment != SegmentId.None && open.Membership == connection ? open : null;
        outcome.PayloadBytes =
            session is null ? room.WriteError("no open session with a segment on this connection"u8) : 0;
        return session is not null;
    }
}
