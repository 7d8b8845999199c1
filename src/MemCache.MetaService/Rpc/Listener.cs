using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>One listening socket.</summary>
/// <param name="Socket">Bound and listening, non-blocking.</param>
/// <param name="Address">As configured, for people.</param>
/// <param name="Role">What is served there.</param>
/// <param name="UnixPath">The socket's file, to be removed at the end; empty for TCP.</param>
/// <param name="Tls">Encrypts its connections; <see langword="null"/>: in the clear.</param>
internal sealed record Listener(
    SocketHandle Socket, string Address, ListenerRole Role, string UnixPath, IChannelFactory? Tls = null)
{
    /// <summary>Whether peers are processes of this host, whose end the kernel reports.</summary>
    public bool IsUnixSocket => UnixPath.Length > 0;

    /// <summary>
    /// Requests about objects are to be encrypted, and here they would not be: membership alone is served.
    /// </summary>
    public bool RefusesData { get; init; }

    /// <summary>Handshakes that failed here.</summary>
    public HandshakeFailures HandshakeFailures { get; } = new();
}
