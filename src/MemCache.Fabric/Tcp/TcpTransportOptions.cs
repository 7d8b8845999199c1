using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>How a <see cref="TcpTransport"/> reaches its peers.</summary>
public sealed record TcpTransportOptions
{
    /// <summary>
    /// Connections that one large batch uses to one peer, 1 .. 16. More of them only help where one does not fill the
    /// network.
    /// </summary>
    public int StreamCount { get; init; } = 2;

    /// <summary>A batch takes one more connection for each of these bytes.</summary>
    public long StreamBytesMin { get; init; } = 2 << 20;

    /// <summary>
    /// A connection on which nothing moved for this long is given up and its peer taken for lost, in milliseconds: what
    /// a batch loses to a host that is cut off.
    /// </summary>
    public int PeerTimeoutMs { get; init; } = 1000;

    /// <summary>Time to connect, shake hands and be greeted, in milliseconds.</summary>
    public int ConnectTimeoutMs { get; init; } = 1000;

    /// <summary>First pause between two attempts to find a lost peer again; it doubles.</summary>
    public int ProbeMsMin { get; init; } = 100;

    /// <summary>Longest pause between two attempts.</summary>
    public int ProbeMsMax { get; init; } = 1000;

    /// <summary>Connections to one peer that are kept when nobody uses them.</summary>
    public int IdleLaneCountMax { get; init; } = 8;

    /// <summary>
    /// Longest poll for a small reply before blocking, in microseconds; 0: none; -1: by the number of cores.
    /// </summary>
    public int SpinMicroseconds { get; init; } = -1;

    /// <summary>Bytes of the kernel's send buffer; 0: as the system tunes it.</summary>
    public int SendBufferBytes { get; init; }

    /// <summary>Bytes of the kernel's receive buffer; 0: as the system tunes it.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>
    /// Makes the channel of a connection, plain or encrypted, from its socket and the host part of the peer's address.
    /// The channel owns the socket.
    /// </summary>
    public Func<SocketHandle, string, SocketChannel> Channels { get; init; }
        = static (socket, _) => new PlainChannel(socket);
}
