using System.Buffers.Binary;
using System.Net.Sockets;

namespace MemCache.Cli;

/// <summary>
/// A blocking Unix socket to an <see cref="EchoServer"/>: what a round trip costs before anything is done with it.
/// </summary>
internal sealed class BareSocket : IDisposable
{
    // LIMIT: no round trip takes a thousandth of this; an echo process that hangs must not hang the bench.
    private const int TimeoutMs = 10_000;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
    {
        ReceiveTimeout = TimeoutMs,
        SendTimeout = TimeoutMs,
    };

    private readonly byte[] _request;
    private readonly byte[] _reply;

    /// <summary>Connects and announces the lengths.</summary>
    public BareSocket(string socketPath, WireBytes bytes)
    {
        _request = new byte[bytes.RequestBytes];
        _reply = new byte[bytes.ReplyBytes];
        _socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        Span<byte> announcement = stackalloc byte[EchoServer.AnnouncementBytes];
        BinaryPrimitives.WriteInt32LittleEndian(announcement, bytes.RequestBytes);
        BinaryPrimitives.WriteInt32LittleEndian(announcement[4..], bytes.ReplyBytes);
        _socket.Send(announcement);
    }

    /// <summary>One round trip.</summary>
    /// <exception cref="IOException">The other end is gone.</exception>
    public void RoundTrip()
    {
        _socket.Send(_request);
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
