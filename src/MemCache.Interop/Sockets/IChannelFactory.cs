namespace MemCache.Interop;

/// <summary>
/// Makes the encrypted channels of one kind of connection. Whoever serves or dials takes one, or <see langword="null"/>
/// for connections in the clear. Thread-safe.
/// </summary>
public interface IChannelFactory
{
    /// <summary>A channel over a connection that was accepted; the peer has to show a certificate.</summary>
    /// <param name="socket">The channel's from now on.</param>
    SocketChannel Accept(SocketHandle socket);

    /// <summary>A channel over a connection that was dialled; the peer's certificate has to name <paramref
    /// name="host"/>.</summary>
    /// <param name="socket">The channel's from now on.</param>
    /// <param name="host">Name or IP address that was dialled.</param>
    SocketChannel Connect(SocketHandle socket, string host);
}
