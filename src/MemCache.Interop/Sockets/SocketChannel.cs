using MemCache.Core;

namespace MemCache.Interop;

/// <summary>
/// The bytes of one connection, in the clear or encrypted: what all protocols here read from and write to. No call waits: what can't go on
/// now returns <see cref="IoResult.IsNotReady"/>, and <see cref="Awaits"/> says what to wait for on <see cref="Socket"/>. One thread at a time,
/// except that <see cref="SocketHandle.Shutdown"/> on the socket may come from any.
/// </summary>
public abstract class SocketChannel : IDisposable
{
    /// <summary>A channel over a connected socket, which it owns from now on.</summary>
    protected SocketChannel(SocketHandle socket) => Socket = socket;

    /// <summary>The socket, to wait on.</summary>
    public SocketHandle Socket { get; }

    /// <summary>
    /// After a call that was not ready: the readiness without which trying again is vain. An encrypted channel may have to read in order to
    /// send, and the other way round.
    /// </summary>
    public abstract SocketReadiness Awaits { get; }

    /// <summary>
    /// Whether bytes that have left the socket wait inside: a poll of the socket would not tell of them. Always <see langword="false"/> in
    /// the clear.
    /// </summary>
    public abstract bool HasBuffered { get; }

    /// <summary>
    /// Goes on with the handshake; nothing to do in the clear. Before it is Ok no byte may be sent or received.
    /// </summary>
    /// <param name="error">Why it failed, for people: which certificate, which check; empty unless the result is an error.</param>
    public abstract IoResult Handshake(out string error);

    /// <summary>
    /// Why the last call failed in the channel itself and not in the socket: the peer's alert, a record that does not
    /// decrypt. Empty in the clear, and while nothing has failed.
    /// </summary>
    public virtual string ErrorText => "";

    /// <summary>Receives what is there, at most <paramref name="buffer"/>; 0 bytes: the peer has ended the stream.</summary>
    public abstract IoResult Receive(Span<byte> buffer);

    /// <summary>
    /// Sends as much as goes at once. What was not taken is to be offered again, at least as many of the same bytes: a
    /// part may be encrypted already.
    /// </summary>
    public abstract IoResult Send(ReadOnlySpan<byte> buffer);

    /// <summary>Receives what is there into several buffers, one behind the other: no copy between socket and buffers.</summary>
    /// <param name="buffers">1 .. 1,024 ranges of memory that stay valid for the call; longer lists are cut.</param>
    public abstract IoResult Receive(ReadOnlySpan<MemoryBuffer> buffers);

    /// <summary>Sends as much of several buffers as goes at once.</summary>
    /// <inheritdoc cref="Receive(ReadOnlySpan{MemoryBuffer})"/>
    public abstract IoResult Send(ReadOnlySpan<MemoryBuffer> buffers);

    /// <summary>Closes the connection without waiting for the peer.</summary>
    public virtual void Dispose()
    {
        Socket.Dispose();
        GC.SuppressFinalize(this);
    }
}
