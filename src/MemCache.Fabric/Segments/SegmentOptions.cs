using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>How to create a segment.</summary>
public sealed record SegmentOptions
{
    /// <summary>Where its file goes: a tmpfs or hugetlbfs mount that all processes of the host share.</summary>
    public string Directory { get; init; } = "/dev/shm";

    /// <summary>
    /// Bytes of data; rounded up to 2 MiB (on hugetlbfs to its page size). 1 .. <see cref="Limits.SegmentBytesMax"/>.
    /// </summary>
    public long SizeBytes { get; init; }

    /// <summary>Huge pages or not.</summary>
    public HugePages HugePages { get; init; }

    /// <summary>Threads that pre-fault the memory; 0: one for each core, 16 at most.</summary>
    public int PrefaultThreads { get; init; }

    /// <summary>
    /// Called with the bytes done and the bytes wanted, from several threads, as pre-faulting goes on.
    /// </summary>
    public Action<long, long>? Progress { get; init; }
}
