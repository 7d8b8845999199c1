using System.Diagnostics;
using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Meta;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>
/// Takes requests apart, has the engine answer into the reply frame, and counts. This part is about objects, the other about membership.
/// </summary>
internal sealed partial class RequestHandler : IFrameHandler
{
    private readonly MetaEngine _engine;
    private readonly SessionTable _sessions;
    private readonly MonotonicClock _clock;
    private readonly RequestMetrics _metrics;
    private readonly MembershipTerms _terms;
    private readonly Action _signalPressure;
    private readonly ILogger _logger;

    public RequestHandler(
        MetaEngine engine,
        SessionTable sessions,
        MonotonicClock clock,
        RequestMetrics metrics,
        MembershipTerms terms,
        Action signalPressure,
        ILogger logger)
    {
        _engine = engine;
        _sessions = sessions;
        _clock = clock;
        _metrics = metrics;
        _terms = terms;
        _signalPressure = signalPressure;
        _logger = logger;
    }

    /// <summary>Connections that are open, for <see cref="Opcode.Stats"/>.</summary>
    public Func<int> ConnectionCount { get; set; } = static () => 0;

    /// <summary>What LocalServices report.</summary>
    public ClientReports Reports { get; init; } = new();

    /// <inheritdoc/>
    public ulong Epoch => _sessions.Epoch;

    /// <inheritdoc/>
    public MmcStatus Handle(
        ServerConnection connection, in FrameHeader request, ReadOnlySpan<byte> payload, ReplyRoom room, out int payloadBytes)
    {
        long begin = Stopwatch.GetTimestamp();
        RequestLane lane = _metrics.Lane(connection.Lane);
        lane.Begin(request.Opcode, Math.Max(begin - connection.ReadyTicks, 0));
        RequestOutcome outcome = default;
        MmcStatus status = Dispatch(connection, request, payload, room, ref outcome);
        if (status == MmcStatus.MalformedFrame)
        {
            outcome.PayloadBytes = room.WriteError("the payload can't be decoded"u8);
            Log.PayloadRefused(_logger, connection.Listener.Address, request.Opcode);
        }

        payloadBytes = outcome.PayloadBytes;
        bool hasFailed = status != MmcStatus.Ok || outcome.HasKeyFailed;
        long ticks = Stopwatch.GetTimestamp() - begin;
        lane.End(request.Opcode, outcome.Operation, hasFailed, outcome.KeyCount, ticks);
        ServerEvents.Log.Note(outcome.Operation, status, outcome.KeyCount, ticks);
        return status;
    }

    /// <inheritdoc/>
    public void OnServed(int lane, long ticks) => _metrics.Lane(lane).NoteBusy(ticks);

    /// <inheritdoc/>
    public void OnClosed(ServerConnection connection, CloseCause cause) => _sessions.NoteClosed(connection, cause);

    private MmcStatus Dispatch(
        ServerConnection connection,
        in FrameHeader header,
        ReadOnlySpan<byte> payload,
        ReplyRoom room,
        ref RequestOutcome outcome)
    {
        switch (header.Opcode)
        {
            case Opcode.Hello:
                return Hello(connection, payload, room, ref outcome);
            case (>= Opcode.Join and <= Opcode.Segments) or Opcode.Restore or Opcode.EndRestore or Opcode.Report:
                return DispatchMembership(connection, header, payload, room, ref outcome);
            case Opcode.Stats:
                return Stats(payload, room, ref outcome);
            case (>= Opcode.Exists and <= Opcode.Release) or (>= Opcode.Allocate and <= Opcode.RemoveLease)
                or Opcode.TakeMoves or Opcode.FinishMoves or Opcode.Pin:
                return DispatchData(connection, header.Opcode, payload, room, ref outcome);
            default:
                outcome.Operation = Operation.Unknown;
                outcome.PayloadBytes = room.WriteError("this version does not know the operation"u8);
                return MmcStatus.NoRequestHandler;
        }
    }

    private MmcStatus DispatchData(
        ServerConnection connection, Opcode opcode, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        // Leases come back with heartbeats.
        if (connection.Listener.RefusesData && opcode != Opcode.Release)
        {
            outcome.Operation = Operation.Unknown;
            outcome.PayloadBytes = room.WriteError("objects are served over TLS at meta_service_url only"u8);
            return MmcStatus.TlsFailed;
        }

        if (connection.Session is not { IsOpen: true } session)
        {
            outcome.Operation = Operation.Unknown;
            outcome.PayloadBytes = room.WriteError("no open session: join, then say hello on every connection"u8);
            return MmcStatus.NotConnectedToMeta;
        }

        return opcode switch
        {
            Opcode.Exists => Statuses(opcode, Operation.ExistKey, session.Id, payload, room, ref outcome),
            Opcode.Lookup => Lookup(session, payload, room, ref outcome),
            Opcode.Reserve or Opcode.Allocate => Reserve(
                connection.Writer, payload, room, isListed: opcode == Opcode.Allocate, ref outcome),
            Opcode.Commit => Commit(connection.Writer, payload, room, ref outcome),
            Opcode.Remove => Statuses(opcode, Operation.Remove, session.Id, payload, room, ref outcome),
            Opcode.RemoveAll => RemoveAll(payload, room, ref outcome),
            Opcode.AddLease => AddLease(session.Id, payload, room, ref outcome),
            Opcode.TakeMoves => TakeMoves(session, connection.Writer, payload, room, ref outcome),
            Opcode.Pin => Pin(payload, room, ref outcome),
            Opcode.FinishMoves => FinishMoves(connection.Writer, payload, room, ref outcome),
            Opcode.RemoveLease => Statuses(opcode, Operation.RemoveLease, session.Id, payload, room, ref outcome),
            _ => Release(payload, ref outcome),
        };
    }

    /// <summary>What takes keys and answers with a status for each.</summary>
    private MmcStatus Statuses(
        Opcode opcode, Operation operation, SessionId session, ReadOnlySpan<byte> payload, ReplyRoom room,
        ref RequestOutcome outcome)
    {
        outcome.Operation = operation;
        if (!KeysRequest.TryDecode(payload, out KeysRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        KeySpans keys = request.Keys;
        Note(ref outcome, operation, keys.Count);
        long nowMs = ReleaseLeases(request.Releases);
        outcome.PayloadBytes = StatusesReply.Begin(
            room.Take(StatusesReply.SizeBytes(keys.Count)), keys.Count, out Span<MmcStatus> statuses);
        switch (opcode)
        {
            case Opcode.Exists:
                _engine.Exists(keys, nowMs, statuses);
                break;
            case Opcode.Remove:
                _engine.Remove(keys, nowMs, statuses);
                break;
            default:
                _engine.RemoveKeyLeases(session, keys, nowMs, statuses);
                break;
        }

        outcome.HasKeyFailed = HasFailure(statuses);
        return MmcStatus.Ok;
    }

    private MmcStatus Lookup(Session session, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Get;
        if (!LookupRequest.TryDecode(payload, out LookupRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        KeySpans keys = request.Keys;
        Note(ref outcome, request.LeaseMs == LookupRequest.NoLease ? Operation.Query : Operation.Get, keys.Count);
        long nowMs = ReleaseLeases(request.Releases);
        Span<byte> reply = room.Take(LocationsReply.SizeBytesMax(keys.Count));
        _ = LocationsReply.Begin(reply, keys.Count, out Span<ObjectLocation> objects, out Span<ReplicaLocation> replicas);
        int replicaCount = _engine.Lookup(keys, session.Rank, request.LeaseMs, nowMs, objects, replicas);
        outcome.PayloadBytes = LocationsReply.End(reply, keys.Count, replicaCount);
        outcome.HasKeyFailed = HasFailure(objects);
        return MmcStatus.Ok;
    }

    private MmcStatus Reserve(
        SessionId writer, ReadOnlySpan<byte> payload, ReplyRoom room, bool isListed, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Alloc;
        if (!ReserveRequest.TryDecode(payload, out ReserveRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        KeySpans keys = request.Keys;
        Note(ref outcome, Operation.Alloc, keys.Count);
        long nowMs = ReleaseLeases(request.Releases);
        Span<byte> reply = room.Take(LocationsReply.SizeBytesMax(keys.Count));
        _ = LocationsReply.Begin(reply, keys.Count, out Span<ObjectLocation> objects, out Span<ReplicaLocation> replicas);
        int replicaCount = isListed
            ? _engine.Allocate(writer, keys, request.Sizes, request.Options, request.Medium, nowMs, objects, replicas)
            : _engine.Reserve(writer, keys, request.Sizes, request.Options, request.Medium, nowMs, objects, replicas);
        outcome.PayloadBytes = LocationsReply.End(reply, keys.Count, replicaCount);
        outcome.HasKeyFailed = HasFailure(objects);
        if (outcome.HasKeyFailed)
        {
            _signalPressure();
        }

        return MmcStatus.Ok;
    }

    private MmcStatus Commit(SessionId writer, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.UpdateState;
        if (!CommitRequest.TryDecode(payload, out CommitRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        int count = request.Entries.Length;
        Note(ref outcome, Operation.UpdateState, count);
        long nowMs = ReleaseLeases(request.Releases);
        outcome.PayloadBytes = StatusesReply.Begin(
            room.Take(StatusesReply.SizeBytes(count)), count, out Span<MmcStatus> statuses);
        _engine.Commit(writer, request.Entries, nowMs, statuses);
        outcome.HasKeyFailed = HasFailure(statuses);
        return MmcStatus.Ok;
    }

    private MmcStatus RemoveAll(ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.RemoveAll;
        if (!ReleasesRequest.TryDecode(payload, out ReleasesRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        long nowMs = ReleaseLeases(request.Releases);
        long removed = _engine.RemoveAll(nowMs);
        outcome.PayloadBytes = CountReply.Encode(room.Take(CountReply.SizeBytes), removed);
        return MmcStatus.Ok;
    }

    private MmcStatus Release(ReadOnlySpan<byte> payload, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Release;
        if (!ReleasesRequest.TryDecode(payload, out ReleasesRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        outcome.KeyCount = request.Releases.Length;
        _ = ReleaseLeases(request.Releases);
        return MmcStatus.Ok;
    }

    private long ReleaseLeases(ReadOnlySpan<LeaseRelease> releases)
    {
        long nowMs = _clock.NowMs;
        if (!releases.IsEmpty)
        {
            _engine.ReleaseLeases(releases, nowMs);
        }

        return nowMs;
    }

    // The operation for one key is followed by the one for several.
    private static void Note(ref RequestOutcome outcome, Operation single, int keyCount)
    {
        outcome.Operation = keyCount == 1 ? single : single + 1;
        outcome.KeyCount = keyCount;
    }

    private static bool IsFailure(MmcStatus status) =>
        status is not (MmcStatus.Ok or MmcStatus.ObjectNotFound or MmcStatus.KeyNotFound or MmcStatus.DuplicatedObject);

    private static bool HasFailure(ReadOnlySpan<MmcStatus> statuses)
    {
        // As IsFailure, for many at once.
        return MemoryMarshal.Cast<MmcStatus, int>(statuses).ContainsAnyExcept(
            (int)MmcStatus.Ok, (int)MmcStatus.ObjectNotFound, (int)MmcStatus.DuplicatedObject);
    }

    private static bool HasFailure(ReadOnlySpan<ObjectLocation> objects)
    {
        foreach (ref readonly ObjectLocation location in objects)
        {
            if (IsFailure(location.Status))
            {
                return true;
            }
        }

        return false;
    }
}
