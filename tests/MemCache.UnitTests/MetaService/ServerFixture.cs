using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.MetaService;
using MemCache.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>A MetaService in this process on sockets of its own, and one-line calls to it.</summary>
internal sealed class ServerFixture : IDisposable
{
    public const int WaitMs = 10_000;

    // Of all fixtures: two that got the same port would take each other's clients.
    private static readonly ConcurrentDictionary<int, bool> PortsGiven = new();

    private readonly ILogger _logger;
    private readonly string _directory = Directory.CreateTempSubdirectory("mmc-").FullName;

    public ServerFixture(
        FrameServerOptions? server = null, int heartbeatMs = 1000, int silenceMs = 60_000, Action<MetaServiceOptions>? configure = null,
        ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        Options = new MetaServiceOptions
        {
            MetaServiceUrl = $"unix://{_directory}/data",
            ConfigStoreUrl = $"tcp://127.0.0.1:{FreePort()}",
            SocketDirectory = _directory,
            HeartbeatMs = heartbeatMs,
            SilenceMs = silenceMs,
            IoThreadCount = 2,
            SpinMicroseconds = 0,
        };
        configure?.Invoke(Options);
        Server = Start(server ?? new FrameServerOptions());
    }

    public MetaServiceOptions Options { get; }

    public MetaServer Server { get; private set; }

    public int MembershipPort =>
        ServiceUrl.TryParse(Options.ConfigStoreUrl, out ServiceUrl? url) ? url.Port : 0;

    /// <summary>The socket that serves both roles to processes of this host.</summary>
    public string OwnSocketUrl => "unix://" + Server.UnixSocketPath;

    public static long Soon => Deadline.In(WaitMs);

    /// <summary>A port that nobody has, and that no other caller in this process was given: tests run at the same time.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            if (PortsGiven.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    public static MetaEndpoint Endpoint(string url)
    {
        Assert.True(MetaEndpoint.TryParse(url, out MetaEndpoint? endpoint, out string error), error);
        return endpoint!;
    }

    public MetaConnection Connect(string? url = null, EpochGate? epochs = null, IChannelFactory? tls = null)
    {
        var connection = new MetaConnection(epochs ?? new EpochGate(), tls: tls);
        MmcStatus status = connection.Connect(Endpoint(url ?? OwnSocketUrl), Soon);
        Assert.True(status == MmcStatus.Ok, connection.ErrorText);
        return connection;
    }

    /// <summary>A socket that sends what it is told.</summary>
    public Socket ConnectRaw(bool tcp = false)
    {
        EndPoint address = tcp
            ? new IPEndPoint(IPAddress.Loopback, MembershipPort)
            : new UnixDomainSocketEndPoint(Server.UnixSocketPath);
        var socket = new Socket(
            address.AddressFamily, SocketType.Stream, tcp ? ProtocolType.Tcp : ProtocolType.Unspecified)
        {
            ReceiveTimeout = WaitMs,
            SendTimeout = WaitMs,
        };
        socket.Connect(address);
        return socket;
    }

    public static MmcStatus Join(MetaConnection connection, long dataBytes, RankId wanted, out Joined joined, string liveness = "live")
    {
        var request = new JoinRequest
        {
            ProvidesMemory = dataBytes > 0,
            Medium = Medium.Dram,
            WantedRank = wanted,
            SlotCount = (uint)(dataBytes >> 12),
            DataBytes = dataBytes,
            SegmentUuid = Guid.NewGuid(),
            ProcessId = Environment.ProcessId,
            SegmentFileName = dataBytes > 0 ? "segment"u8 : default,
            LivenessFileName = Encoding.UTF8.GetBytes(liveness),
            HostId = "host"u8,
            SoftwareVersion = "test"u8,
        };
        int length = request.Encode(connection.Payload(request.SizeBytes));
        MmcStatus status = connection.Call(Opcode.Join, length, Soon, out ReadOnlySpan<byte> payload);
        joined = default;
        if (status == MmcStatus.Ok)
        {
            Assert.True(JoinReply.TryDecode(payload, out JoinReply reply));
            joined = new Joined(
                reply.Session, reply.Rank, reply.Segment, reply.InstanceId, reply.RegistryVersion,
                Encoding.UTF8.GetString(reply.UnixSocketPath));
        }

        return status;
    }

    public static Joined JoinOk(MetaConnection connection, long dataBytes = 0, RankId? wanted = null, string liveness = "live")
    {
        MmcStatus status = Join(connection, dataBytes, wanted ?? RankId.None, out Joined joined, liveness);
        Assert.True(status == MmcStatus.Ok, $"{status} {connection.ErrorText}");
        return joined;
    }

    public static MmcStatus Hello(MetaConnection connection, SessionId session, ulong instance)
    {
        int length = new HelloRequest(session, instance).Encode(connection.Payload(HelloRequest.SizeBytes));
        return connection.Call(Opcode.Hello, length, Soon, out _);
    }

    public static MmcStatus Leave(MetaConnection connection, SessionId session)
    {
        int length = new LeaveRequest(session).Encode(connection.Payload(LeaveRequest.SizeBytes));
        return connection.Call(Opcode.Leave, length, Soon, out _);
    }

    public static MmcStatus Heartbeat(
        MetaConnection connection, SessionId session, ReadOnlySpan<OrphanEntry> resolved, out OrphanEntry[] orphans, out string writer)
    {
        int length = HeartbeatRequest.Encode(
            connection.Payload(HeartbeatRequest.SizeBytes(resolved.Length)), session, 0, resolved);
        MmcStatus status = connection.Call(Opcode.Heartbeat, length, Soon, out ReadOnlySpan<byte> payload);
        orphans = [];
        writer = "";
        if (status == MmcStatus.Ok)
        {
            Assert.True(HeartbeatReply.TryDecode(payload, out HeartbeatReply reply));
            orphans = reply.Orphans.ToArray();
            writer = orphans.Length == 0 ? "" : Encoding.UTF8.GetString(reply.LivenessFileNameOf(orphans[0].Session));
        }

        return status;
    }

    public static MmcStatus[] Exists(MetaConnection connection, params string[] keys)
    {
        KeySpans spans = new KeyBatch(keys).Spans;
        int length = KeysRequest.Encode(connection.Payload(KeysRequest.SizeBytes(0, spans)), default, spans);
        Assert.Equal(MmcStatus.Ok, connection.Call(Opcode.Exists, length, Soon, out ReadOnlySpan<byte> payload));
        Assert.True(StatusesReply.TryDecode(payload, keys.Length, out ReadOnlySpan<MmcStatus> statuses));
        return statuses.ToArray();
    }

    public static ObjectLocation Reserve(MetaConnection connection, string key, long sizeBytes, out ReplicaLocation replica)
    {
        KeySpans spans = new KeyBatch(key).Spans;
        int length = ReserveRequest.Encode(
            connection.Payload(ReserveRequest.SizeBytes(0, spans)), default, spans, [sizeBytes], default, Medium.Dram);
        MmcStatus status = connection.Call(Opcode.Reserve, length, Soon, out ReadOnlySpan<byte> payload);
        replica = default;
        if (status != MmcStatus.Ok)
        {
            return new ObjectLocation { Status = status };
        }

        Assert.True(LocationsReply.TryDecode(payload, 1, out LocationsReply reply));
        replica = reply.Objects[0].Status == MmcStatus.Ok ? reply.ReplicasOf(0)[0] : default;
        return reply.Objects[0];
    }

    public static MmcStatus Commit(MetaConnection connection, in ObjectLocation reserved, ulong generation)
    {
        CommitEntry[] entries = [new() { Ref = reserved.Ref, Generation = generation, Publish = 1 }];
        int length = CommitRequest.Encode(connection.Payload(CommitRequest.SizeBytes(0, 1)), default, entries);
        Assert.Equal(MmcStatus.Ok, connection.Call(Opcode.Commit, length, Soon, out ReadOnlySpan<byte> payload));
        Assert.True(StatusesReply.TryDecode(payload, 1, out ReadOnlySpan<MmcStatus> statuses));
        return statuses[0];
    }

    public static void Put(MetaConnection connection, string key, long sizeBytes)
    {
        ObjectLocation reserved = Reserve(connection, key, sizeBytes, out ReplicaLocation replica);
        Assert.Equal(MmcStatus.Ok, reserved.Status);
        Assert.Equal(MmcStatus.Ok, Commit(connection, reserved, replica.Generation));
    }

    /// <summary>Waits until something another thread does has happened.</summary>
    public static void Eventually(Func<bool> condition, string what)
    {
        long deadline = Soon;
        while (!condition())
        {
            Assert.False(Deadline.HasPassed(deadline), $"timed out: {what}");
            Thread.Sleep(2);
        }
    }

    /// <summary>Ends the server, does something while there is none, and starts another one at the same addresses.</summary>
    public void Restart(Action whileAway)
    {
        Server.Dispose();
        try
        {
            whileAway();
        }
        finally
        {
            Server = Start(new FrameServerOptions());
        }
    }

    private MetaServer Start(FrameServerOptions options)
    {
        bool isUp = MetaServer.TryStart(
            Options, options, TimeProvider.System, _logger, out MetaServer? started, out string error);
        Assert.True(isUp, error);
        return started!;
    }

    public void Dispose()
    {
        Server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
