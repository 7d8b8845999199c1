using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>One accepted connection. Belongs to one I/O thread, except <see cref="Session"/>, which others may read.</summary>
internal sealed class ServerConnection(SocketHandle socket, Listener listener, int lane, int slot, uint generation)
{
    /// <summary>The socket.</summary>
    public SocketHandle Socket { get; } = socket;

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

    /// <summary>When what it waits for must have happened, in milliseconds of the server's clock.</summary>
    public long DeadlineMs { get; set; } = long.MaxValue;

    /// <summary>Close as soon as the output is sent.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Everything is sent; what still comes is discarded until the peer closes.</summary>
    public bool IsLingering { get; set; }

    /// <summary>Gone: events for it mean nothing.</summary>
    public bool IsClosed { get; set; }
}
