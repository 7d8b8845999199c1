using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>One accepted connection. Belongs to one I/O thread, except <see cref="Session"/>, which others may read.</summary>
internal sealed class ServerConnection(SocketHandle socket, Listener listener, int lane, int slot, uint generation)
    : IDisposable
{
    private readonly SocketChannel? _secure = listener.Tls?.Accept(socket);

    /// <summary>The socket.</summary>
    public SocketHandle Socket { get; } = socket;

    /// <summary>What encrypts it, or <see langword="null"/>.</summary>
    public SocketChannel? Secure => _secure;

    /// <summary>The handshake is not over: nothing else may be sent or received.</summary>
    public bool IsHandshaking { get; set; } = listener.Tls is not null;

    /// <summary>What the thread waits for on the socket.</summary>
    public SocketReadiness Interest { get; set; } = SocketReadiness.Readable;

    /// <summary>Where it was accepted.</summary>
    public Listener Listener { get; } = listener;

    /// <summary>Number of its I/O thread, which alone writes the counters of that number.</summary>
    public int Lane { get; } = lane;

    /// <summary>Its place in the thread's table.</summary>
    public int Slot { get; } = slot;

    /// <summary>What its events carry: slot and a number that tells it from an earlier connection in the same slot.</summary>
    public ulong Token { get; } = ((ulong)generation << 32) | (uint)slot;

    /// <summary>The session it acts for, or none.</summary>
    public Session? Session { get; set; }

    /// <summary>
    /// The engine's session of this connection, from its hello on: what is reserved here belongs to it, and comes back when it ends.
    /// </summary>
    public SessionId Writer { get; set; }

    /// <summary>Bytes of frames that are not handled yet; none while nothing is left over.</summary>
    public FrameBuffer? Input { get; set; }

    /// <summary>Bytes in <see cref="Input"/>.</summary>
    public int InputBytes { get; set; }

    /// <summary>Replies that the peer has not taken yet; nothing is read while there are some.</summary>
    public FrameBuffer? Output { get; set; }

    /// <summary>First byte of <see cref="Output"/> to send.</summary>
    public int OutputOffset { get; set; }

    /// <summary>End of the bytes in <see cref="Output"/>.</summary>
    public int OutputBytes { get; set; }

    /// <summary>Timestamp of the wake-up that found it ready last.</summary>
    public long ReadyTicks { get; set; }

    /// <summary>When what it waits for must have happened, in milliseconds of the server's clock.</summary>
    public long DeadlineMs { get; set; } = long.MaxValue;

    /// <summary>Close as soon as the output is sent.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Everything is sent; what still comes is discarded until the peer closes.</summary>
    public bool IsLingering { get; set; }

    /// <summary>Gone: events for it mean nothing.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Receives what has arrived.</summary>
    public IoResult Receive(Span<byte> room) =>
        _secure is null ? Socket.Receive(room, dontWait: true) : _secure.Receive(room);

    /// <summary>Sends what goes at once.</summary>
    public IoResult Send(ReadOnlySpan<byte> bytes) => _secure is null ? Socket.Send(bytes) : _secure.Send(bytes);

    /// <summary>Closes the socket and frees what encrypted it.</summary>
    public void Dispose()
    {
        _secure?.Dispose();
        Socket.Dispose();
    }
}
