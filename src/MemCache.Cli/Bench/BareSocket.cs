using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MemCache.Cli;

/// <summary>
/// A blocking socket to an <see cref="EchoServer"/>: what a round trip costs before anything is done with it.
/// </summary>
internal sealed class BareSocket : IDisposable
{
    // LIMIT: no round trip takes a thousandth of this; an echo process that hangs must not hang the bench.
    private const int TimeoutMs = 10_000;

    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _reply;

    /// <summary>Connects and announces the lengths.</summary>
    public BareSocket(EndPoint endpoint, WireBytes bytes)
    {
        _request = new byte[bytes.RequestBytes];
        _reply = new byte[bytes.ReplyBytes];
        _socket = Create(endpoint);
        _socket.ReceiveTimeout = TimeoutMs;
        _socket.SendTimeout = TimeoutMs;
        _socket.Connect(endpoint);
        Span<byte> announcement = stackalloc byte[EchoServer.AnnouncementBytes];
        BinaryPrimitives.WriteInt32LittleEndian(announcement, bytes.RequestBytes);
        BinaryPrimitives.WriteInt32LittleEndian(announcement[4..], bytes.ReplyBytes);
        _socket.Send(announcement);
    }

    /// <summary>An address of the command line: a path, or <c>address:port</c>.</summary>
    public static EndPoint Parse(string address) =>
        address.StartsWith('/') ? new UnixDomainSocketEndPoint(address) : IPEndPoint.Parse(address);

    /// <summary>A socket of the address's kind.</summary>
    public static Socket Create(EndPoint endpoint)
    {
        bool isTcp = endpoint is IPEndPoint;
        var socket = new Socket(
            endpoint.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        SendAtOnce(socket);
        return socket;
    }

    /// <summary>Has TCP send small messages at once, as ours do.</summary>
    public static void SendAtOnce(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }
    }

    /// <summary>Sends all of it.</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>One round trip.</summary>
    /// <exception cref="IOException">The other end is gone.</exception>
    public void RoundTrip()
    {
        Send(_socket, _request);
        Span<byte> rest = _reply;
        while (!rest.IsEmpty)
        {
            int count = _socket.Receive(rest);
            rest = count > 0 ? rest[count..] : throw new IOException("the echo process ended");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
