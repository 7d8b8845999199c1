using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Bounds and threads of a <see cref="FrameServer"/>.</summary>
internal sealed record FrameServerOptions
{
    private const int IoThreadCountMax = 4;

    /// <summary>Threads that serve; 0: one a core, at most four: more only wait for the same memory.</summary>
    public int IoThreadCount { get; init; }

    /// <summary>Microseconds that a thread polls before it blocks; 0: never; -1: by the number of cores.</summary>
    public int SpinMicroseconds { get; init; } = -1;

    /// <summary>Connections beyond this are closed as they come.</summary>
    public int ConnectionCountMax { get; init; } = Limits.ConnectionCountMax;

    /// <summary>A frame that has begun is complete within this time, and so is a connection's first one: else nobody is there.</summary>
    public int FrameDeadlineMs { get; init; } = 10_000;

    /// <summary>A reply is taken within this time, else the reader is too slow to be served.</summary>
    public int ReplyDeadlineMs { get; init; } = 10_000;

    /// <summary>After an error reply the server reads on and discards for this long, so that the reply is not lost to a reset.</summary>
    public int LingerMs { get; init; } = 500;

    /// <summary>How long replies may take to leave when the server stops.</summary>
    public int DrainMs { get; init; } = 2000;

    /// <summary>Threads, decided.</summary>
    public int IoThreadCountDecided =>
        IoThreadCount > 0 ? IoThreadCount : Math.Min(IoThreadCountMax, Environment.ProcessorCount);
}
