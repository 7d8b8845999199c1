using MemCache.Core;
using MemCache.Meta;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>Joining, heartbeats, the registry, figures.</content>
internal sealed partial class RequestHandler
{
    private MmcStatus DispatchMembership(
        ServerConnection connection,
        in FrameHeader header,
        ReadOnlySpan<byte> payload,
        ReplyRoom room,
        ref RequestOutcome outcome)
    {
        if ((connection.Listener.Role & ListenerRole.Membership) == 0)
        {
            outcome.Operation = Operation.Unknown;
            outcome.PayloadBytes = room.WriteError("membership is served at config_store_url, not here"u8);
            return MmcStatus.NoRequestHandler;
        }

        return header.Opcode switch
        {
            Opcode.Join => Join(connection, header.Epoch, payload, room, ref outcome),
            Opcode.Leave => Leave(connection, payload, room, ref outcome),
            Opcode.Heartbeat => Heartbeat(connection, payload, room, ref outcome),
            Opcode.Restore => Restore(connection, payload, room, ref outcome),
            Opcode.Report => Report(connection, payload, room, ref outcome),
            Opcode.EndRestore => EndRestore(connection, payload, room, ref outcome),
            _ => Segments(payload, room, ref outcome),
        };
    }

    private MmcStatus Hello(
        ServerConnection connection, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Hello;
        if (!HelloRequest.TryDecode(payload, out HelloRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        MmcStatus status = request.InstanceId == _terms.InstanceId
            ? _sessions.Bind(connection, request.Session)
            : MmcStatus.NotConnectedToMeta;
        if (status == MmcStatus.NotConnectedToMeta)
        {
            outcome.PayloadBytes = room.WriteError("the session is over or belongs to another run: join again"u8);
        }

        return status;
    }

    private MmcStatus Join(
        ServerConnection connection, ulong epochSeen, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Join;
        if (!JoinRequest.TryDecode(payload, out JoinRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        MmcStatus status = _sessions.Join(connection, request, epochSeen, out JoinOutcome joined);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        var reply = new JoinReply
        {
            Session = joined.Session.Id,
            Rank = joined.Session.Rank,
            Segment = joined.Session.Segment,
            InstanceId = _terms.InstanceId,
            HeartbeatMs = _terms.HeartbeatMs,
            SilenceMs = _terms.SilenceMs,
            LeaseMs = _terms.LeaseMs,
            RegistryVersion = joined.RegistryVersion,
            GenerationFloor = joined.GenerationFloor,
            UnixSocketPath = _terms.UnixSocketPath,
        };
        outcome.PayloadBytes = reply.Encode(room.Take(reply.SizeBytes));
        return MmcStatus.Ok;
    }

    private MmcStatus Leave(
        ServerConnection connection, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Leave;
        if (!LeaveRequest.TryDecode(payload, out LeaveRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        if (request.Mode != LeaveMode.Now)
        {
            return PrepareLeave(connection, request, room, ref outcome);
        }

        return _sessions.Leave(connection, request.Session) ? MmcStatus.Ok : MmcStatus.NotConnectedToMeta;
    }

    private MmcStatus Heartbeat(
        ServerConnection connection, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Heartbeat;
        if (!HeartbeatRequest.TryDecode(payload, out HeartbeatRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        int sizeBytesMax = HeartbeatReply.SizeBytesMax(WireLimits.OrphanCountMax, WireLimits.RetirementCountMax);
        var writer = new PayloadWriter(room.Take(sizeBytesMax));
        if (!_sessions.Heartbeat(connection, request, ref writer))
        {
            outcome.PayloadBytes = room.WriteError("the session is over: join again"u8);
            return MmcStatus.NotConnectedToMeta;
        }

        outcome.PayloadBytes = writer.Length;
        return MmcStatus.Ok;
    }

    private MmcStatus Report(
        ServerConnection connection, ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Report;
        if (!ReportRequest.TryDecode(payload, out ReportRequest request))
        {
            return MmcStatus.MalformedFrame;
        }

        outcome.KeyCount = request.Entries.Length;
        if (connection.Session is not { IsOpen: true } session || session.Id != request.Session)
        {
            outcome.PayloadBytes = room.WriteError("the session is over: join again"u8);
            return MmcStatus.NotConnectedToMeta;
        }

        Reports.Add(session.Rank, request.Entries);
        return MmcStatus.Ok;
    }

    private MmcStatus Segments(ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Segments;
        if (!payload.IsEmpty)
        {
            return MmcStatus.MalformedFrame;
        }

        outcome.PayloadBytes = _sessions.WriteSegments(room);
        return MmcStatus.Ok;
    }

    // For people and their tools, a few times a second at most: the engine's figures are objects.
    private MmcStatus Stats(ReadOnlySpan<byte> payload, ReplyRoom room, ref RequestOutcome outcome)
    {
        outcome.Operation = Operation.Stats;
        if (!ReleasesRequest.TryDecode(payload, out _))
        {
            return MmcStatus.MalformedFrame;
        }

        MetaEngineStats stats = _engine.ReadStats();
        SegmentUsage[] segments = [.. stats.Segments.Where(segment => segment.IsAlive).Select(ToUsage)];
        var totals = new PoolTotals
        {
            ObjectCount = stats.ObjectCount,
            CapacityBytes = stats.Media.Sum(medium => medium.CapacityBytes),
            AllocatedBytes = stats.Media.Sum(medium => medium.UsedBytes),
            ReservationCount = stats.ReservationCount,
            OrphanCount = stats.OrphanCount,
            LeaseCount = stats.LeasesGranted - stats.LeasesReleased,
            EvictedCount = stats.EvictedByWatermark + stats.EvictedByReserve,
            SessionCount = _sessions.SessionCount,
            ConnectionCount = ConnectionCount(),
            UptimeMs = _clock.UptimeMs,
        };
        outcome.PayloadBytes = StatsReply.Encode(room.Take(StatsReply.SizeBytes(segments.Length)), totals, segments);
        return MmcStatus.Ok;
    }

    private static SegmentUsage ToUsage(SegmentStats segment) => new()
    {
        Segment = segment.Segment,
        Rank = segment.Rank,
        Medium = segment.Medium,
        CapacityBytes = segment.CapacityBytes,
        AllocatedBytes = segment.UsedBytes,
    };
}
