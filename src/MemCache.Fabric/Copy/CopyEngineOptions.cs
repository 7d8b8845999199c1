using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>How a <see cref="CopyEngine"/> works.</summary>
public sealed record CopyEngineOptions
{
    /// <summary>
    /// Threads that copy one large batch, the caller's included; 0: one for each core, 8 at most, which is where the
    /// memory of one socket is saturated. More than the machine's cores are not used.
    /// </summary>
    public int ThreadCount { get; init; }

    /// <summary>
    /// Batches of fewer bytes are copied by the caller alone: waking and waiting would cost more than a second core
    /// brings.
    /// </summary>
    public long ParallelBytesMin { get; init; } = 2L << 20;

    /// <summary>The kernel for every batch; <see langword="null"/>: measured while running.</summary>
    public CopyKernel? Kernel { get; init; }
}
