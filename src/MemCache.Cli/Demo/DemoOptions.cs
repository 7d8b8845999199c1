using MemCache.Core;

namespace MemCache.Cli;

/// <summary>What <c>mmc demo</c> is asked for.</summary>
internal sealed record DemoOptions
{
    /// <summary>The trace to replay; <see langword="null"/>: the built-in traffic.</summary>
    public string? TracePath { get; init; }

    /// <summary>Times real time at which requests are sent; 0: as fast as they are served.</summary>
    public double Speed { get; init; }

    /// <summary>Memory of all ranks together; 0: what fits.</summary>
    public long PoolBytes { get; init; }

    /// <summary>Size of a block.</summary>
    public long BlockBytes { get; init; } = BlockShape.FullSizeBytes / 64;

    /// <summary>Client processes, each with its part of the pool.</summary>
    public int ClientCount { get; init; } = 3;

    /// <summary>Requests to serve; 0: all of the trace, or the default of the built-in traffic.</summary>
    public int RequestCount { get; init; }

    /// <summary>Seed of the built-in traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What the pool evicts first: <c>reuse</c> or <c>lru</c>.</summary>
    public string Policy { get; init; } = "reuse";

    /// <summary>Where shared-memory files are made.</summary>
    public string SharedMemoryDirectory { get; init; } = SharedMemory.DefaultDirectory;

    /// <summary>Memory of one rank: its part of <see cref="PoolBytes"/>, rounded up as a LocalService does.</summary>
    public long SegmentBytes =>
        (PoolBytes / ClientCount + Limits.SegmentBytesMin - 1) / Limits.SegmentBytesMin * Limits.SegmentBytesMin;

    /// <summary>Blocks of one get or put: 16, or fewer when they are very large.</summary>
    public int BatchCount => (int)Math.Clamp((256L << 20) / BlockBytes, 1, 16);

    /// <summary>The requests.</summary>
    /// <exception cref="TraceFormatException">The trace is none.</exception>
    /// <exception cref="IOException">The trace can't be read.</exception>
    public List<TraceRequest> ReadRequests()
    {
        if (TracePath is null)
        {
            var traffic = new ChatWorkloadOptions { Seed = Seed };
            return ChatWorkload.Generate(RequestCount > 0 ? traffic with { RequestCount = RequestCount } : traffic);
        }

        List<TraceRequest> requests = TraceReader.ReadFile(TracePath);
        return RequestCount > 0 && RequestCount < requests.Count ? requests[..RequestCount] : requests;
    }
}
