using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>What a <see cref="FrameServer"/> serves. Called by all I/O threads at once; for one connection by one thread, in order.</summary>
internal interface IFrameHandler
{
    /// <summary>The epoch that every reply carries.</summary>
    ulong Epoch { get; }

    /// <summary>Answers one request. Must not block; must not keep <paramref name="payload"/>.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="request">Its header; the opcode may be unknown.</param>
    /// <param name="payload">Hostile bytes.</param>
    /// <param name="room">Where the reply's payload is written.</param>
    /// <param name="payloadBytes">Bytes written there.</param>
    /// <returns>The reply's status. After <see cref="MmcStatus.MalformedFrame"/> the connection is closed.</returns>
    MmcStatus Handle(
        ServerConnection connection, in FrameHeader request, ReadOnlySpan<byte> payload, ReplyRoom room, out int payloadBytes);

    /// <summary>Called by every I/O thread after each time that it was not waiting.</summary>
    void OnServed(int lane, long ticks)
    {
    }

    /// <summary>Called once for every connection, on its thread, when it is gone.</summary>
    void OnClosed(ServerConnection connection, CloseCause cause);
}
