using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Joining: connect, make a segment, join, learn the segment list.</content>
internal sealed partial class MembershipThread
{
    private static readonly byte[] SoftwareVersion =
        Encoding.UTF8.GetBytes(typeof(MembershipThread).Assembly.GetName().Version?.ToString(3) ?? "0");

    private bool TryJoin(MetaConnection connection, out Session? session, out int heartbeatMs)
    {
        session = null;
        heartbeatMs = 0;
        MmcStatus status = Connect(connection);
        string error = connection.ErrorText;
        if (status == MmcStatus.Ok && _options.DramSizeBytes > 0 && _own is null)
        {
            status = CreateSegment(out error);
            if (status == MmcStatus.Ok)
            {
                // Large memory takes longer to prepare than a MetaService waits for a connection that says nothing.
                status = Connect(connection);
                error = connection.ErrorText;
            }
        }

        if (status == MmcStatus.Ok)
        {
            status = _dataPort.Serve(_own, out error);
        }

        if (status == MmcStatus.Ok)
        {
            status = Join(connection, _own, out session, out heartbeatMs);
            error = connection.ErrorText;
        }

        if (status == MmcStatus.Ok)
        {
            status = session!.RefreshSegments(connection, Deadline.In((long)CallTimeout.TotalMilliseconds));
        }

        if (status == MmcStatus.Ok)
        {
            status = RestoreAtFirst(connection, session!, heartbeatMs);
            error = connection.ErrorText;
        }

        if (status != MmcStatus.Ok)
        {
            session?.Dispose();
            // The same failure five times a second would bury everything else in the log.
            string text = $"{status}: {error}";
            if (_lastError != text)
            {
                Log.JoinFailed(_logger, _options.ConfigStoreUrl, status, error);
            }

            _lastError = text;
            _lastStatus = (int)status;
            return false;
        }

        _rank = session!.Rank;
        _counters.AddSession();
        Log.Joined(_logger, session.Rank, session.Id, connection.Epoch, ByteSize.Format(_own?.View.DataBytes ?? 0));
        _session = session;
        _connected.Set();
        return true;
    }

    private MmcStatus Connect(MetaConnection connection) =>
        MetaEndpoint.TryParse(_options.ConfigStoreUrl, out MetaEndpoint? endpoint, out _)
            ? connection.Connect(endpoint, Deadline.In((long)CallTimeout.TotalMilliseconds))
            : MmcStatus.InvalidParameter;

    private MmcStatus CreateSegment(out string error)
    {
        SegmentReaper.RemoveStale(_options.SharedMemoryDirectory, _logger);
        var options = new SegmentOptions
        {
            Directory = _options.SharedMemoryDirectory,
            SizeBytes = _options.DramSizeBytes,
            HugePages = _options.HugePages == "off" ? HugePages.Off : HugePages.Auto,
        };
        MmcStatus status = OwnedSegment.Create(options, _logger, out _own, out error);
        if (_own is not null)
        {
            _own.View.Writer = _liveness.Uuid;
        }

        return status;
    }

    private MmcStatus Join(MetaConnection connection, OwnedSegment? own, out Session? session, out int heartbeatMs)
    {
        session = null;
        heartbeatMs = 0;
        var request = new JoinRequest
        {
            ProvidesMemory = own is not null,
            Medium = Medium.Dram,
            WantedRank = _rank,
            SlotCount = own?.View.SlotCount ?? 0,
            DataBytes = own?.View.DataBytes ?? 0,
            SegmentUuid = own is null ? Guid.Empty : UuidText.ToGuid(own.View.Uuid),
            ProcessId = Environment.ProcessId,
            HasContent = _hasContent,
            GenerationSeen = _generationSeen,
            SegmentFileName = Encoding.UTF8.GetBytes(own?.View.FileName ?? ""),
            LivenessFileName = Encoding.UTF8.GetBytes(_liveness.FileName),
            HostId = Encoding.UTF8.GetBytes(_paths.HostId),
            SoftwareVersion = SoftwareVersion,
            DataAddress = Encoding.UTF8.GetBytes(own is null ? "" : _dataPort.Address),
        };
        int length = request.Encode(connection.Payload(request.SizeBytes));
        long deadline = Deadline.In((long)CallTimeout.TotalMilliseconds);
        MmcStatus status = connection.Call(Opcode.Join, length, deadline, out ReadOnlySpan<byte> payload);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!JoinReply.TryDecode(payload, out JoinReply reply))
        {
            return MmcStatus.UnexpectedResult;
        }

        heartbeatMs = reply.HeartbeatMs;
        BeginRestore(own, reply.GenerationFloor);
        string unixPath = Encoding.UTF8.GetString(reply.UnixSocketPath);
        session = new Session(
            reply.Session, reply.Rank, reply.InstanceId, reply.LeaseMs, own,
            new SegmentMap(_handles),
            (of, until) => Dial(of, unixPath, until),
            (of, connect) => new AllocationLanes(of, _addresses, _counters, _options.ChecksumEnable, _paths.Transport, connect),
            () => SegmentReaper.RemoveStale(_options.SharedMemoryDirectory, _logger))
        {
            OwnSegment = reply.Segment,
        };
        return MmcStatus.Ok;
    }

    /// <summary>
    /// Opens a data connection: through the Unix socket when the MetaService is on this host, else over TCP.
    /// </summary>
    private (MmcStatus Status, CallContext? Context) Dial(Session session, string unixPath, long deadline)
    {
        var connection = new MetaConnection(_epochs, tls: _tls.Control);
        MmcStatus status = MmcStatus.NotConnectedToMeta;
        if (unixPath.Length > 0 && MetaEndpoint.TryFromUnixPath(unixPath, out MetaEndpoint? local) && File.Exists(unixPath))
        {
            status = connection.Connect(local, deadline);
            status = status == MmcStatus.Ok ? SayHello(connection, session, deadline) : status;
        }

        // A path that leads to another MetaService, or to none, is no reason to give up: the address says where it is.
        if (status != MmcStatus.Ok && MetaEndpoint.TryParse(_options.MetaServiceUrl, out MetaEndpoint? remote, out _))
        {
            status = connection.Connect(remote, deadline);
            status = status == MmcStatus.Ok ? SayHello(connection, session, deadline) : status;
        }

        if (status == MmcStatus.Ok)
        {
            return (status, new CallContext(connection, _counters));
        }

        connection.Dispose();
        return (status, null);
    }

    private static MmcStatus SayHello(MetaConnection connection, Session session, long deadline)
    {
        var hello = new HelloRequest(session.Id, session.InstanceId);
        int length = hello.Encode(connection.Payload(HelloRequest.SizeBytes));
        return connection.Call(Opcode.Hello, length, deadline, out _);
    }
}
