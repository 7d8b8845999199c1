using System.Text;
using MemCache.Core;
using MemCache.Meta;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>
/// Who is in the pool: sessions, ranks, mounted segments, and the epoch. One lock; requests about objects do not take it. It is taken
/// before any lock of the engine, never after one.
/// </summary>
internal sealed partial class SessionTable
{
    // An epoch is Unix milliseconds. One from further ahead than this is no other MetaService's but garbage.
    private const ulong EpochAheadMax = 1000UL * 3600 * 24 * 365;

    private readonly Lock _lock = new();
    private readonly MetaEngine _engine;
    private readonly MonotonicClock _clock;
    private readonly RequestMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Dictionary<SessionId, Session> _sessions = [];
    private readonly Dictionary<SessionId, byte[]> _lostWriters = [];
    private readonly SortedDictionary<ushort, MountedSegment> _segments = [];
    private readonly bool[] _ranksTaken = new bool[Limits.RankCountMax];
    private readonly OrphanEntry[] _orphans = new OrphanEntry[WireLimits.OrphanCountMax];
    private readonly List<SessionId> _writers = [];
    private uint _lastSession;
    private ulong _registryVersion = 1;
    // Written under the lock, only upwards; read by every reply.
    private ulong _epoch;
    private long _lostCount;

    public SessionTable(MetaEngine engine, MonotonicClock clock, RequestMetrics metrics, ulong epoch, ILogger logger)
    {
        _engine = engine;
        _clock = clock;
        _metrics = metrics;
        _epoch = epoch;
        _logger = logger;
    }

    /// <summary>What every reply carries.</summary>
    public ulong Epoch => Volatile.Read(ref _epoch);

    /// <summary>Open sessions.</summary>
    public int SessionCount
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Sessions that ended without saying so.</summary>
    public long LostCount => Volatile.Read(ref _lostCount);

    /// <summary>Version of the segment registry.</summary>
    public ulong RegistryVersion => Volatile.Read(ref _registryVersion);

    /// <summary>Who is in the pool now, in no order.</summary>
    public List<Member> ReadMembers()
    {
        lock (_lock)
        {
            long nowMs = _clock.NowMs;
            return
            [
                .. _sessions.Values.Select(session => new Member(
                    session.Id, session.Rank, Encoding.UTF8.GetString(session.HostId), session.ProcessId,
                    Encoding.UTF8.GetString(session.SoftwareVersion), DataAddressOf(session), nowMs - session.JoinedMs,
                    nowMs - session.HeardMs)),
            ];
        }
    }

    /// <summary>Opens a session on this connection and mounts its segment.</summary>
    /// <returns>
    /// <see cref="MmcStatus.RepeatedCall"/>: the connection has one; <see cref="MmcStatus.InvalidParameter"/>: sizes or epoch are not legal;
    /// <see cref="MmcStatus.LimitExceeded"/>: no rank is free; or what the engine says.
    /// </returns>
    public MmcStatus Join(ServerConnection connection, in JoinRequest request, ulong epochSeen, out JoinOutcome outcome)
    {
        lock (_lock)
        {
            outcome = default;
            bool isPlausible = TryRaiseEpoch(epochSeen) && TryRaiseGeneration(request.GenerationSeen);
            MmcStatus status = isPlausible ? Open(connection, request, out outcome) : MmcStatus.InvalidParameter;
            if (request.ProvidesMemory)
            {
                _metrics.Shared.Note(Operation.Mount, status != MmcStatus.Ok);
            }

            if (status != MmcStatus.Ok)
            {
                Log.JoinRefused(_logger, status, $"rank wanted {request.WantedRank}, {request.DataBytes} bytes, epoch seen {epochSeen}");
            }

            return status;
        }
    }

    /// <summary>Lets a connection act for a session that is open, and gives it an engine session of its own for what it reserves.</summary>
    /// <returns>
    /// <see cref="MmcStatus.NotConnectedToMeta"/>: the session is over; <see cref="MmcStatus.RepeatedCall"/>: the connection is bound.
    /// </returns>
    public MmcStatus Bind(ServerConnection connection, SessionId id)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out Session? session))
            {
                return MmcStatus.NotConnectedToMeta;
            }

            if (connection.Session is not null)
            {
                return MmcStatus.RepeatedCall;
            }

            Bind(connection, session);
            return MmcStatus.Ok;
        }
    }

    /// <summary>Ends a session as its client asked: no write of it is in flight.</summary>
    public bool Leave(ServerConnection connection, SessionId id)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out Session? session) || session.Membership != connection)
            {
                return false;
            }

            End(session, SessionEnd.Left);
            _engine.CloseSession(connection.Writer, writerIsDead: true, _clock.NowMs);
            return true;
        }
    }

    /// <summary>
    /// Called for every connection that is gone. The end of a membership connection ends the session; the end of a data connection gives
    /// back what was reserved on it. The two are apart: a process that was silent for too long may still be copying, and its data
    /// connections live until it closes them or dies.
    /// </summary>
    public void NoteClosed(ServerConnection connection, CloseCause cause)
    {
        if (connection.Session is null || cause == CloseCause.Shutdown)
        {
            return;
        }

        lock (_lock)
        {
            Session session = connection.Session;
            if (session.IsOpen && session.Membership == connection)
            {
                End(session, cause == CloseCause.Peer ? SessionEnd.ConnectionClosed : SessionEnd.ConnectionRefused);
            }

            if (connection.Writer != SessionId.None)
            {
                EndWriter(connection, session, cause);
            }
        }
    }

    /// <summary>Ends the sessions that were not heard for <paramref name="silenceMs"/>.</summary>
    public void EndSilent(int silenceMs)
    {
        lock (_lock)
        {
            long heardMsMin = _clock.NowMs - silenceMs;
            List<Session>? silent = null;
            foreach (Session session in _sessions.Values)
            {
                if (session.HeardMs < heardMsMin)
                {
                    (silent ??= []).Add(session);
                }
            }

            foreach (Session session in silent ?? [])
            {
                End(session, SessionEnd.Silent);
            }
        }
    }

    /// <summary>Gives every session <paramref name="milliseconds"/> more: this process itself stood still, their heartbeats wait unread.</summary>
    public void Forgive(long milliseconds)
    {
        lock (_lock)
        {
            foreach (Session session in _sessions.Values)
            {
                session.HeardMs += milliseconds;
            }
        }
    }

    /// <summary>Notes a sign of life and what the client has fenced; answers with what it is to fence.</summary>
    /// <returns>Whether the session is open and its own.</returns>
    public bool Heartbeat(ServerConnection connection, in HeartbeatRequest request, ref PayloadWriter writer)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(request.Session, out Session? session) || connection.Session != session)
            {
                return false;
            }

            long nowMs = _clock.NowMs;
            session.HeardMs = Math.Max(session.HeardMs, nowMs);
            foreach (ref readonly OrphanEntry orphan in request.Resolved)
            {
                // Only the owner can know: what it says of another segment means nothing.
                if (orphan.Segment == session.Segment && session.Segment != SegmentId.None)
                {
                    _engine.ResolveOrphan(orphan.Segment, orphan.Slot, orphan.Generation, nowMs);
                }
            }

            WriteOrphans(session, ref writer);
            return true;
        }
    }

    /// <summary>Every rank in the pool, by number.</summary>
    public IReadOnlyList<RankHealth> ReadHealth()
    {
        var ranks = new List<RankHealth>();
        lock (_lock)
        {
            long nowMs = _clock.NowMs;
            foreach (Session session in _sessions.Values)
            {
                if (session.Rank != RankId.None)
                {
                    ranks.Add(new RankHealth(session.Rank, Math.Max(nowMs - session.HeardMs, 0)));
                }
            }
        }

        ranks.Sort(static (a, b) => a.Rank.Value.CompareTo(b.Rank.Value));
        return ranks;
    }

    /// <summary>Writes the whole registry.</summary>
    public int WriteSegments(ReplyRoom room)
    {
        lock (_lock)
        {
            int sizeBytes = 16;
            foreach (MountedSegment segment in _segments.Values)
            {
                sizeBytes += segment.ToEntry().SizeBytes;
            }

            var writer = new PayloadWriter(room.Take(sizeBytes));
            SegmentsReply.Begin(ref writer, _registryVersion, _segments.Count);
            foreach (MountedSegment segment in _segments.Values)
            {
                segment.ToEntry().Write(ref writer);
            }

            return writer.Length;
        }
    }

    /// <summary>The whole registry, for people.</summary>
    public MountedSegment[] ReadRegistry()
    {
        lock (_lock)
        {
            return [.. _segments.Values];
        }
    }

    /// <summary>Forgets the names of lost writers that left no orphan. From the maintenance thread, now and then.</summary>
    public void ForgetResolvedWriters()
    {
        lock (_lock)
        {
            if (_lostWriters.Count == 0)
            {
                return;
            }

            var needed = new HashSet<SessionId>();
            foreach (MountedSegment segment in _segments.Values)
            {
                int count = _engine.CopyOrphans(segment.Segment, _orphans);
                if (count == _orphans.Length)
                {
                    // There may be more behind these: look again when there are fewer.
                    return;
                }

                foreach (ref readonly OrphanEntry orphan in _orphans.AsSpan(0, count))
                {
                    _ = needed.Add(orphan.Session);
                }
            }

            foreach (SessionId writer in _lostWriters.Keys.Where(writer => !needed.Contains(writer)).ToList())
            {
                _ = _lostWriters.Remove(writer);
            }
        }
    }

    private bool TryRaiseEpoch(ulong epochSeen)
    {
        if (epochSeen < _epoch)
        {
            return true;
        }

        if (epochSeen - _epoch > EpochAheadMax)
        {
            return false;
        }

        // The clock of the MetaService before this one was ahead.
        if (epochSeen > _epoch)
        {
            Volatile.Write(ref _epoch, epochSeen + 1);
            _engine.RaiseGeneration(_epoch << Limits.GenerationEpochShift);
        }

        return true;
    }

    private MmcStatus Open(ServerConnection connection, in JoinRequest request, out JoinOutcome outcome)
    {
        outcome = default;
        if (connection.Session is { IsOpen: true })
        {
            return MmcStatus.RepeatedCall;
        }

        if (request.ProvidesMemory && (request.SegmentFileName.IsEmpty || request.SlotCount == 0))
        {
            return MmcStatus.InvalidParameter;
        }

        if (request.ProvidesMemory && !TryEndEarlier(request))
        {
            return MmcStatus.InvalidParameter;
        }

        RankId rank = request.ProvidesMemory ? FindRank(request.WantedRank) : RankId.None;
        if (request.ProvidesMemory && rank == RankId.None)
        {
            return MmcStatus.LimitExceeded;
        }

        SegmentId segment = SegmentId.None;
        ulong floor = 0;
        MmcStatus status = request.ProvidesMemory
            ? _engine.MountSegment(
                rank, request.Medium, request.DataBytes, request.SlotCount, request.HasContent, out segment, out floor,
                HostNumber.Of(request.HostId))
            : MmcStatus.Ok;
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        outcome = Admit(connection, request, new SessionId(++_lastSession), rank, segment, floor);
        return MmcStatus.Ok;
    }

    private JoinOutcome Admit(
        ServerConnection connection, in JoinRequest request, SessionId id, RankId rank, SegmentId segment, ulong floor)
    {
        var session = new Session(id, rank, segment, HostNumber.Of(request.HostId), request.LivenessFileName.ToArray())
        {
            Membership = connection,
            HeardMs = _clock.NowMs,
            JoinedMs = _clock.NowMs,
            HostId = request.HostId.ToArray(),
            ProcessId = request.ProcessId,
            SoftwareVersion = request.SoftwareVersion.ToArray(),
        };
        _sessions.Add(id, session);
        // What the session itself holds: its leases by key. Reservations belong to its connections.
        Invariant.Require(_engine.OpenSession(id, rank, session.Host) == MmcStatus.Ok);
        Bind(connection, session);
        if (segment != SegmentId.None)
        {
            _ranksTaken[rank.Value] = true;
            _segments.Add(segment.Value, new MountedSegment(
                segment, rank, request.Medium, request.SlotCount, request.DataBytes, request.SegmentUuid,
                request.SegmentFileName.ToArray(), request.HostId.ToArray(), request.DataAddress.ToArray()));
            _registryVersion++;
        }

        Log.Joined(
            _logger, id, rank, segment, request.DataBytes, request.ProcessId, Encoding.UTF8.GetString(request.SoftwareVersion));
        if (request.ProvidesMemory && request.HasContent)
        {
            Log.Restoring(_logger, id, rank, segment);
        }

        return new JoinOutcome(session, _registryVersion, floor);
    }

    private RankId FindRank(RankId wanted)
    {
        if (wanted.Value < Limits.RankCountMax && !_ranksTaken[wanted.Value])
        {
            return wanted;
        }

        int free = Array.IndexOf(_ranksTaken, false);
        return free < 0 ? RankId.None : new RankId((ushort)free);
    }

    private void Bind(ServerConnection connection, Session session)
    {
        connection.Session = session;
        connection.Writer = new SessionId(++_lastSession);
        Invariant.Require(_engine.OpenSession(connection.Writer, session.Rank, session.Host) == MmcStatus.Ok);
    }

    private void EndWriter(ServerConnection connection, Session session, CloseCause cause)
    {
        // The kernel closes a Unix socket when the last process that has it is gone, and a living client closes one only when no copy
        // under its reservations is running. A reset from the network proves nothing, and neither does our own decision. What it has sent to
        // segments of other hosts is their owners' to judge in any case.
        bool writerIsDead = cause == CloseCause.Peer && connection.Listener.IsUnixSocket;
        if (!writerIsDead && session.LivenessFileName.Length > 0)
        {
            _lostWriters[connection.Writer] = session.LivenessFileName;
        }

        _engine.CloseSession(connection.Writer, writerIsDead, _clock.NowMs);
    }

    private void End(Session session, SessionEnd cause)
    {
        session.MarkOver();
        session.Membership = null;
        _ = _sessions.Remove(session.Id);
        _engine.CloseSession(session.Id, writerIsDead: true, _clock.NowMs);
        if (session.Segment != SegmentId.None)
        {
            _ranksTaken[session.Rank.Value] = false;
            _ = _segments.Remove(session.Segment.Value);
            MmcStatus status = _engine.DropSegment(session.Segment);
            _metrics.Shared.Note(Operation.Unmount, status != MmcStatus.Ok);
            _registryVersion++;
        }

        if (cause == SessionEnd.Left)
        {
            Log.Left(_logger, session.Id, session.Rank);
        }
        else
        {
            _lostCount++;
            Log.Lost(_logger, session.Id, session.Rank, cause);
        }
    }

    private string DataAddressOf(Session session) =>
        session.Segment != SegmentId.None && _segments.TryGetValue(session.Segment.Value, out MountedSegment? segment)
            ? Encoding.UTF8.GetString(segment.DataAddress)
            : "";

    // Whether there is something for this very rank is found out when it asks.
    private uint WaitingMoves(Session session) =>
        session.Segment == SegmentId.None ? 0 : (uint)_engine.WaitingMoveCount;

    private void WriteOrphans(Session session, ref PayloadWriter writer)
    {
        int count = session.Segment == SegmentId.None ? 0 : _engine.CopyOrphans(session.Segment, _orphans);
        ReadOnlySpan<OrphanEntry> orphans = _orphans.AsSpan(0, count);
        _writers.Clear();
        foreach (ref readonly OrphanEntry orphan in orphans)
        {
            // Orphans of one writer follow each other; a name that comes twice does no harm.
            bool isNew = _writers.Count == 0 || _writers[^1] != orphan.Session;
            if (isNew && _lostWriters.ContainsKey(orphan.Session))
            {
                _writers.Add(orphan.Session);
            }
        }

        HeartbeatNews news = TakeNews(session, out ReadOnlySpan<RetireEntry> retired);
        HeartbeatReply.Begin(ref writer, _registryVersion, news, orphans, retired, _writers.Count);
        foreach (SessionId lost in _writers)
        {
            HeartbeatReply.WriteWriter(ref writer, lost, _lostWriters[lost]);
        }
    }
}
