using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Keeps one store a member: joins, sends heartbeats, takes over the segment list, decides orphans of the own segment,
/// and joins again when the MetaService is lost. One thread of its own; it never throws into the host.
/// </summary>
internal sealed partial class MembershipThread : IDisposable
{
    // Between two attempts to join: short enough that an engine is back soon, long enough that a thousand clients do
    // not flood a start.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    // Longest wait for one membership reply; a MetaService that is silent for longer is taken for lost.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly LocalServiceOptions _options;
    private readonly StoreTls _tls;
    private readonly ILogger _logger;
    private readonly LivenessFile _liveness;
    private readonly SegmentPaths _paths;
    private readonly EpochGate _epochs = new();
    private readonly ManualResetEventSlim _connected = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly StoreCounters _counters;
    private readonly StoreReporter _reporter; // membership thread only
    private bool _mayReport; // membership thread only: false once this MetaService did not know the operation
    private readonly AddressBook _addresses;
    private readonly SegmentHandles _handles;
    private readonly DataPort _dataPort;
    private readonly Mover _mover;
    private readonly StoreReload _reload;
    private readonly OrphanEntry[] _resolved = new OrphanEntry[WireLimits.OrphanCountMax]; // membership thread only
    private int _resolvedCount; // membership thread only
    private volatile Session? _session; // written by the membership thread
    private volatile string _lastError = "";
    private volatile int _lastStatus = (int)MmcStatus.Ok;
    private volatile bool _stopping;
    private RankId _rank = RankId.None; // membership thread only: asked for again after a loss

    public MembershipThread(
        LocalServiceOptions options, LivenessFile liveness, SegmentPaths paths, DataPort dataPort, StoreCounters counters,
        AddressBook addresses, StoreTls tls, ILogger logger)
    {
        _tls = tls;
        _options = options;
        _liveness = liveness;
        _paths = paths;
        _handles = new SegmentHandles(paths);
        _dataPort = dataPort;
        _counters = counters;
        _reporter = new StoreReporter(counters);
        _addresses = addresses;
        _logger = logger;
        _reload = new StoreReload(options, logger);
        _mover = new Mover(options, paths, counters, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "mmc-membership" };
    }

    /// <summary>The session that calls use now, or null while the MetaService is not connected.</summary>
    public Session? Current => _session;

    /// <summary>What copies moved objects, for tests.</summary>
    public CopyEngine MoverCopies => _mover.Copies;

    /// <summary>Why there is no session.</summary>
    public string LastError => _lastError;

    /// <summary>
    /// Status of the last attempt to join; <see cref="MmcStatus.Ok"/> while the first one is under way.
    /// </summary>
    public MmcStatus LastStatus => (MmcStatus)_lastStatus;

    public void Start() => _thread.Start();

    /// <summary>Waits for a session.</summary>
    public bool WaitForSession(TimeSpan timeout) => _connected.Wait(timeout);

    /// <summary>
    /// Called when a call found the MetaService gone: the membership thread need not wait for its next heartbeat.
    /// </summary>
    public void ReportLost(Session session)
    {
        if (session.TryEnd())
        {
            _connected.Reset();
            _wake.Set();
        }
    }

    /// <summary>
    /// Leaves the pool, waiting up to <paramref name="drain"/> for calls that run, and before that for the objects to
    /// move if they are to.
    /// </summary>
    public void Stop(TimeSpan drain)
    {
        MoveAway();
        _mover.Stop();
        // Whatever still runs after this keeps its connection, and so its space, until it ends.
        if (_session is Session session && !(session.Connections.Drain(drain) & session.Allocations.Close(drain)))
        {
            Log.CallsStillRunning(_logger, Limits.ConnectionCountMaxPerClient, drain.TotalSeconds);
        }

        _stopping = true;
        _wake.Set();
        _thread.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mover.Dispose();
        _movedAway.Dispose();
        _dataPort.Dispose();
        _handles.Dispose();
        _connected.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        try
        {
            JoinAndServe();
        }
        finally
        {
            // Only now: between two sessions it keeps what it holds.
            _own?.Dispose();
        }
    }

    private void JoinAndServe()
    {
        while (!_stopping)
        {
            try
            {
                _tls.RefreshIfDue();
                _reload.LookIfDue();
                using var connection = new MetaConnection(_epochs, tls: _tls.Membership);
                if (TryJoin(connection, out Session? session, out int heartbeatMs))
                {
                    Serve(connection, session!, heartbeatMs);
                }
            }
            catch (Exception exception)
            {
                // The top of our thread in a host's process: log, and start over with a new session.
                Log.MembershipFailed(_logger, exception);
                EndSession("internal error");
            }

            if (!_stopping)
            {
                _wake.WaitOne(RetryInterval);
            }
        }
    }

    private void Serve(MetaConnection connection, Session session, int heartbeatMs)
    {
        string reason = "";
        _mayReport = true;
        while (!_stopping && reason.Length == 0)
        {
            if (_restore is null)
            {
                _wake.WaitOne(_leaving ? Math.Min(LeaveIntervalMs, heartbeatMs) : heartbeatMs);
            }

            if (_stopping)
            {
                break;
            }

            _tls.RefreshIfDue();
            _reload.LookIfDue();
            MmcStatus status = session.HasEnded ? MmcStatus.NotConnectedToMeta
                : _restore is not null ? StepRestore(connection, session, heartbeatMs)
                : Heartbeat(connection, session);
            if (status == MmcStatus.Ok && _leaving && !_movedAway.IsSet)
            {
                StepLeave(connection, session);
            }

            if (status != MmcStatus.Ok)
            {
                reason = $"{status} {connection.ErrorText}".TrimEnd();
            }
        }

        if (reason.Length == 0)
        {
            Leave(connection, session);
        }
        else
        {
            Log.MetaServiceLost(_logger, _options.ConfigStoreUrl, reason);
        }

        EndSession(reason);
    }

    private void EndSession(string reason)
    {
        Session? session = _session;
        _lastError = reason;
        _lastStatus = (int)MmcStatus.NotConnectedToMeta;
        _connected.Reset();
        _session = null;
        _resolvedCount = 0;
        _restore = null;
        if (_leaving)
        {
            _movedAway.Set();
        }

        session?.Dispose();
    }

    private MmcStatus Heartbeat(MetaConnection connection, Session session)
    {
        long deadline = Deadline.In((long)CallTimeout.TotalMilliseconds);
        MmcStatus status = ReturnLeases(connection, session, deadline);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        int length = HeartbeatRequest.Encode(
            connection.Payload(HeartbeatRequest.SizeBytes(_resolvedCount)), session.Id, session.RegistryVersion,
            _resolved.AsSpan(0, _resolvedCount));
        status = connection.Call(Opcode.Heartbeat, length, deadline, out ReadOnlySpan<byte> payload);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!HeartbeatReply.TryDecode(payload, out HeartbeatReply reply))
        {
            return MmcStatus.UnexpectedResult;
        }

        ulong registryVersion = reply.RegistryVersion;
        Decide(session, reply);
        Retire(session, reply);
        if (reply.News.MovesWaiting > 0 && session.Own is not null && !_leaving && !_stopping)
        {
            _mover.Offer(session);
        }

        // Confirmations, what did not fit, and the need to fetch the list should not wait for the next beat.
        if (_resolvedCount > 0 || reply.News.RetirementsLeft > 0)
        {
            _wake.Set();
        }

        session.Allocations.DropExpired(deadline);
        status = Report(connection, session, deadline);
        return status != MmcStatus.Ok || registryVersion == session.RegistryVersion
            ? status : session.RefreshSegments(connection, deadline);
    }

    /// <summary>
    /// Tells what the counters have grown by. An older MetaService does not know the operation, and is not asked again.
    /// </summary>
    private MmcStatus Report(MetaConnection connection, Session session, long deadline)
    {
        ReadOnlySpan<ReportEntry> entries = _mayReport ? _reporter.Take() : [];
        if (entries.IsEmpty)
        {
            return MmcStatus.Ok;
        }

        int length = ReportRequest.Encode(
            connection.Payload(ReportRequest.SizeBytes(entries.Length)), session.Id, entries);
        MmcStatus status = connection.Call(Opcode.Report, length, deadline, out _);
        _mayReport = status != MmcStatus.NoRequestHandler;
        return _mayReport ? status : MmcStatus.Ok;
    }

    private static MmcStatus ReturnLeases(MetaConnection connection, Session session, long deadline)
    {
        if (session.Leases.IsEmpty)
        {
            return MmcStatus.Ok;
        }

        var ended = new LeaseRelease[1024];
        int count = session.Leases.Take(ended);
        int length = ReleasesRequest.Encode(
            connection.Payload(ReleasesRequest.SizeBytes(count)), ended.AsSpan(0, count));
        return connection.Call(Opcode.Release, length, deadline, out _);
    }

    /// <summary>Decides each orphan of our segment; what is decided travels with the next heartbeat.</summary>
    private void Decide(Session session, HeartbeatReply reply)
    {
        _resolvedCount = 0;
        if (session.Own is not OwnedSegment own || !own.View.TryAcquire())
        {
            return;
        }

        try
        {
            foreach (OrphanEntry orphan in reply.Orphans)
            {
                bool isGone = IsWriterGone(own.View, reply, orphan);
                if (_dataPort.ResolveOrphan(own.View, orphan, isGone) != OrphanState.Pending)
                {
                    _resolved[_resolvedCount++] = orphan;
                }
            }
        }
        finally
        {
            own.View.Release();
        }

        if (_resolvedCount > 0)
        {
            Log.OrphansResolved(_logger, _resolvedCount);
        }
    }

    /// <summary>
    /// Whether no store of the writer can follow once the slot is revoked: it is dead, or all that it can do goes
    /// through our data server, which asks the slot first.
    /// </summary>
    private bool IsWriterGone(SegmentView view, in HeartbeatReply reply, in OrphanEntry orphan)
    {
        if (orphan.IsRemote != 0)
        {
            return true;
        }

        ReadOnlySpan<byte> name = reply.LivenessFileNameOf(orphan.Session);
        return name.IsEmpty
            ? IsWriterGone(view, orphan)
            : LivenessFile.IsDead(_options.SharedMemoryDirectory, Encoding.UTF8.GetString(name));
    }
}
