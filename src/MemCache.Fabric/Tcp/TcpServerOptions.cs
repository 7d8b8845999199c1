using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>Where and how a <see cref="TcpDataServer"/> serves.</summary>
public sealed record TcpServerOptions
{
    private const int ThreadCountAutoMax = 4;

    /// <summary>tcp://host:port; a name is resolved and its first address taken.</summary>
    public required string Address { get; init; }

    /// <summary>
    /// Ports that are tried, beginning with the address's: processes of one host share a configuration. 1 .. 1,024.
    /// </summary>
    public int PortCount { get; init; } = 1024;

    /// <summary>
    /// Threads that serve; 0: one for two cores, at most four: what they do is copy memory, and engines need the cores.
    /// </summary>
    public int ThreadCount { get; init; }

    /// <summary>Microseconds that a thread polls before it blocks; 0: never; -1: by the number of cores.</summary>
    public int SpinMicroseconds { get; init; } = -1;

    /// <summary>Connections beyond this are closed as they come.</summary>
    public int ConnectionCountMax { get; init; } = Limits.ConnectionCountMax;

    /// <summary>Handshake and hello are over within this time.</summary>
    public int HelloDeadlineMs { get; init; } = 5000;

    /// <summary>
    /// A request that has begun, in whichever direction its bytes go, moves on within this time; so does a reply.
    /// </summary>
    public int StallDeadlineMs { get; init; } = 5000;

    /// <summary>
    /// A request may take the stall deadline and a second for each of these bytes: who sends a byte now and then is not
    /// served for ever.
    /// </summary>
    public long BytesPerSecondMin { get; init; } = 64 << 10;

    /// <summary>
    /// A connection that asks for nothing is closed after this time; clients connect again by themselves.
    /// </summary>
    public int IdleDeadlineMs { get; init; } = 600_000;

    /// <summary>
    /// Bytes that one connection moves before the next one's turn: what a small request waits for at most, for each
    /// busy connection.
    /// </summary>
    public int TurnBytesMax { get; init; } = 128 << 10;

    /// <summary>
    /// After a refusal the server reads on and discards for this long, so that its answer is not lost to a reset.
    /// </summary>
    public int LingerMs { get; init; } = 500;

    /// <summary>How long running requests may take when the server stops.</summary>
    public int DrainMs { get; init; } = 2000;

    /// <summary>Bytes of the kernel's send buffer; 0: as the system tunes it.</summary>
    public int SendBufferBytes { get; init; }

    /// <summary>Bytes of the kernel's receive buffer; 0: as the system tunes it.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>
    /// Makes the channel of a connection that was accepted: plain or encrypted. The channel owns the socket.
    /// </summary>
    public Func<SocketHandle, SocketChannel> Channels { get; init; } = static socket => new PlainChannel(socket);

    /// <summary>Threads, decided.</summary>
    public int ThreadCountDecided =>
        ThreadCount > 0 ? ThreadCount : Math.Clamp(Environment.ProcessorCount / 2, 1, ThreadCountAutoMax);
}
