using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// One membership, from a join until the MetaService is lost or left. Immutable but for its counters and maps; a store that joins again
/// makes a new one. Any thread.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly SegmentMap _segments;
    private readonly Action _segmentsDropped;
    private readonly Func<Session, long, (MmcStatus Status, CallContext? Context)> _connect;
    private int _ended; // 1 once a call or the membership thread found that the MetaService is gone

    public Session(
        SessionId id, RankId rank, ulong instanceId, int leaseMs, OwnedSegment? own, SegmentMap segments,
        Func<Session, long, (MmcStatus Status, CallContext? Context)> connect,
        Func<Session, Func<long, (MmcStatus Status, CallContext? Context)>, AllocationLanes> allocate,
        Action segmentsDropped)
    {
        Id = id;
        Rank = rank;
        InstanceId = instanceId;
        LeaseMs = leaseMs;
        Own = own;
        _segments = segments;
        _segmentsDropped = segmentsDropped;
        _connect = connect;
        Connections = new ConnectionPool(deadline => connect(this, deadline));
        Allocations = allocate(this, deadline => connect(this, deadline));
    }

    public SessionId Id { get; }

    public RankId Rank { get; }

    /// <summary>Random number of the MetaService process: a connection that reaches another one is refused.</summary>
    public ulong InstanceId { get; }

    /// <summary>The MetaService's default of a read lease when this session began, in milliseconds.</summary>
    public int LeaseMs { get; }

    /// <summary>
    /// The segment that this process contributes, or null. Not the session's to close: the next one has it too.
    /// </summary>
    public OwnedSegment? Own { get; }

    /// <summary>The number that <see cref="Own"/> has in this session, or none.</summary>
    public SegmentId OwnSegment { get; init; } = SegmentId.None;

    public ConnectionPool Connections { get; }

    /// <summary>Where objects that are written over several calls are allocated and finished.</summary>
    public AllocationLanes Allocations { get; }

    public LeaseReturns Leases { get; } = new();

    public ulong RegistryVersion => _segments.Version;

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Marks the session as over. <see langword="true"/> for the one who did it first.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>A data connection apart from those of calls; the caller disposes it.</summary>
    public (MmcStatus Status, CallContext? Context) Connect(long deadline) => _connect(this, deadline);

    /// <summary>The segment with this id; asks the MetaService once per call if it is not known yet.</summary>
    public SegmentHandle? FindSegment(SegmentId segment, CallContext context, long deadline)
    {
        SegmentHandle? handle = _segments.Find(segment);
        if (handle is null && !context.RegistryRefreshed)
        {
            context.RegistryRefreshed = true;
            if (RefreshSegments(context.Connection, deadline) == MmcStatus.Ok)
            {
                handle = _segments.Find(segment);
            }
        }

        return handle;
    }

    /// <summary>The segment with this id, if it is known.</summary>
    public SegmentHandle? KnownSegment(SegmentId segment) => _segments.Find(segment);

    /// <summary>Fetches the segment list. Overwrites the connection's last reply.</summary>
    public MmcStatus RefreshSegments(MetaConnection connection, long deadline)
    {
        connection.Payload(0);
        MmcStatus status = connection.Call(Opcode.Segments, 0, deadline, out ReadOnlySpan<byte> reply);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!SegmentsReply.TryDecode(reply, out SegmentsReply registry))
        {
            return MmcStatus.UnexpectedResult;
        }

        if (_segments.Apply(ref registry, Own))
        {
            _segmentsDropped();
        }

        return MmcStatus.Ok;
    }

    /// <summary>Closes idle connections and unmaps peers; what is in use closes when it comes back.</summary>
    public void Dispose()
    {
        TryEnd();
        Connections.Dispose();
        Allocations.Close(TimeSpan.Zero);
        _segments.Dispose();
    }
}
