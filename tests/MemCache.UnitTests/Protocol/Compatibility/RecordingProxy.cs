using System.Net;
using System.Net.Sockets;

namespace MemCache.UnitTests.Protocol.Compatibility;

/// <summary>Stands between a client and a MetaService, and keeps what they say to each other in its order.</summary>
internal sealed class RecordingProxy : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Exchange> _exchanges = [];
    private readonly List<IDisposable> _streams = [];
    private readonly TcpListener _data = new(IPAddress.Loopback, 0);
    private readonly TcpListener _membership = new(IPAddress.Loopback, 0);
    private int _connectionCount;

    public RecordingProxy(int dataPort, int membershipPort)
    {
        Serve(_data, dataPort, isMembership: false);
        Serve(_membership, membershipPort, isMembership: true);
    }

    public string DataUrl => $"tcp://127.0.0.1:{((IPEndPoint)_data.LocalEndpoint).Port}";

    public string MembershipUrl => $"tcp://127.0.0.1:{((IPEndPoint)_membership.LocalEndpoint).Port}";

    public IReadOnlyList<Exchange> Exchanges
    {
        get
        {
            lock (_lock)
            {
                return [.. _exchanges];
            }
        }
    }

    public void Dispose()
    {
        _data.Dispose();
        _membership.Dispose();
        lock (_lock)
        {
            _streams.ForEach(stream => stream.Dispose());
        }
    }

    private void Serve(TcpListener listener, int port, bool isMembership)
    {
        listener.Start();
        Start(() =>
        {
            try
            {
                while (true)
                {
                    var client = new FrameStream(listener.AcceptSocket());
                    Start(() => Relay(client, port, isMembership));
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The proxy has been disposed.
                return;
            }
        });
    }

    // A client has one request under way on a connection, and a MetaService speaks only when it is asked.
    private void Relay(FrameStream client, int port, bool isMembership)
    {
        using FrameStream ours = client;
        using FrameStream server = FrameStream.Connect(port);
        int connection;
        lock (_lock)
        {
            connection = _connectionCount++;
            _streams.AddRange(client, server);
        }

        while (client.Receive() is { } request)
        {
            server.Send(request);
            if (server.Receive() is not { } reply)
            {
                return;
            }

            // Before the client has it: what it asks next comes later.
            lock (_lock)
            {
                _exchanges.Add(new Exchange(connection, isMembership, request, reply));
            }

            client.Send(reply);
        }
    }

    private static void Start(Action action) => new Thread(() => action()) { IsBackground = true }.Start();
}
