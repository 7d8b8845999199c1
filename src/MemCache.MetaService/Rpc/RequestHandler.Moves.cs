using MemCache.Core;
using MemCache.Meta;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>What movers ask for, and what clients do that are about to leave.</content>
internal sealed partial class RequestHandler
{
    /// <summary>Rate of repairs.</summary>
    public required RepairBudget Repairs { get; init; }

    /// <summary>Drain jobs.</summary>
    public required DrainJobs Drains { get; init; }

    private MmcStatus TakeMoves(
        Session session, SessionId writer, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.TakeMoves;
        if (!MovesRequest.TryDecode(payload, out MovesRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        Span<MoveEntry> moves = stackalloc MoveEntry[WireLimits.MoveCountMax];
        Span<ReplicaLocation> sources = stackalloc ReplicaLocation[WireLimits.MoveCountMax * Limits.ReplicaCountMax];
        Span<int> keyEnds = stackalloc int[WireLimits.MoveCountMax];
        Span<byte> keys = stackalloc byte[WireLimits.MoveCountMax * Limits.KeyBytesMax];
        long nowMs = _clock.NowMs;
        int countMax = (int)Math.Min(request.CountMax, WireLimits.MoveCountMax);
        MovesTaken taken = _engine.TakeMoves(
            writer, session.Segment, new MoveRequest(countMax, request.BytesMax, Repairs.Available(nowMs)), nowMs,
            moves, sources, keyEnds, keys);
        Repairs.Spend(taken.RepairBytes);
        outcome.KeyCount = taken.Count;
        var spans = new KeySpans(keyEnds[..taken.Count], keys[..taken.KeyBytes]);
        outcome.PayloadBytes = MovesReply.Encode(
            room.Take(MovesReply.SizeBytes(taken.Count, taken.SourceCount, spans)), moves[..taken.Count],
            sources[..taken.SourceCount], spans);
        return MmcStatus.Ok;
    }

    private MmcStatus FinishMoves(
        SessionId writer, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.FinishMoves;
        if (!CommitRequest.TryDecode(payload, out CommitRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        int count = request.Entries.Length;
        outcome.KeyCount = count;
        long nowMs = ReleaseLeases(request.Releases);
        outcome.PayloadBytes = StatusesReply.Begin(
            room.Take(StatusesReply.SizeBytes(count)), count, out Span<MmcStatus> statuses);
        _engine.FinishMoves(writer, request.Entries, nowMs, statuses);
        return MmcStatus.Ok;
    }

    /// <summary>A client wants its segment emptied before it leaves.</summary>
    private MmcStatus PrepareLeave(
        ServerConnection connection, in LeaveRequest request, ReplyRoom room, ref RequestOutcome outcome)
    {
        if (connection.Session is not { IsOpen: true } session || session.Id != request.Session
            || session.Membership != connection)
        {
            return MmcStatus.NotConnectedToMeta;
        }

        if (session.Segment == SegmentId.None)
        {
            return MmcStatus.InvalidParameter;
        }

        string name = SegmentName.Format(session.Rank, Medium.Dram);
        (DrainState State, long RemainingCount)? drain = Drains.Leave(
            session.Segment, name, isBegin: request.Mode == LeaveMode.BeginMove);
        uint state = drain?.State switch
        {
            DrainState.Pending or DrainState.Running => LeaveReply.Running,
            DrainState.Done => LeaveReply.Ended,
            _ => LeaveReply.Failed,
        };
        var reply = new LeaveReply(state, drain?.RemainingCount ?? 0);
        outcome.PayloadBytes = reply.Encode(room.Take(LeaveReply.SizeBytes));
        return MmcStatus.Ok;
    }
}
