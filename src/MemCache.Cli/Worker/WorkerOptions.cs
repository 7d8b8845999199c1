using System.Globalization;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Cli;

/// <summary>What a coordinator tells the processes that it starts.</summary>
internal sealed record WorkerOptions
{
    /// <summary>Where the MetaService answers data requests.</summary>
    public required string MetaServiceUrl { get; init; }

    /// <summary>Where the MetaService answers membership requests.</summary>
    public required string ConfigStoreUrl { get; init; }

    /// <summary>Process id of the MetaService, to be ended should the coordinator vanish.</summary>
    public required int MetaServiceId { get; init; }

    /// <summary>Directory of the shared-memory files of this run.</summary>
    public required string SharedMemoryDirectory { get; init; }

    /// <summary>Directory of the other files of this run.</summary>
    public required string ScratchDirectory { get; init; }

    /// <summary>Memory that the process contributes; 0: none.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Size of a block.</summary>
    public required long BlockBytes { get; init; }

    /// <summary>Blocks of one get or put.</summary>
    public required int BatchCount { get; init; }

    /// <summary>As command line arguments, in the order of <see cref="Parse"/>.</summary>
    public IEnumerable<string> ToArguments() =>
    [
        MetaServiceUrl, ConfigStoreUrl, Text(MetaServiceId), SharedMemoryDirectory, ScratchDirectory,
        Text(SegmentBytes), Text(BlockBytes), Text(BatchCount),
    ];

    /// <summary>Reads what <see cref="ToArguments"/> wrote.</summary>
    /// <exception cref="FormatException">A number is none, or there are too few.</exception>
    public static WorkerOptions Parse(IReadOnlyList<string> arguments) =>
        arguments.Count != 8
            ? throw new FormatException("this command is for the processes that `mmc demo` and `mmc bench` start")
            : new WorkerOptions
            {
                MetaServiceUrl = arguments[0],
                ConfigStoreUrl = arguments[1],
                MetaServiceId = int.Parse(arguments[2], CultureInfo.InvariantCulture),
                SharedMemoryDirectory = arguments[3],
                ScratchDirectory = arguments[4],
                SegmentBytes = long.Parse(arguments[5], CultureInfo.InvariantCulture),
                BlockBytes = long.Parse(arguments[6], CultureInfo.InvariantCulture),
                BatchCount = int.Parse(arguments[7], CultureInfo.InvariantCulture),
            };

    /// <summary>The LocalService's configuration.</summary>
    public LocalServiceOptions ToLocalServiceOptions() => new()
    {
        MetaServiceUrl = MetaServiceUrl,
        ConfigStoreUrl = ConfigStoreUrl,
        Protocol = "host_shm",
        DramSizeBytes = SegmentBytes,
        MaxDramSizeBytes = Math.Max(SegmentBytes, new LocalServiceOptions().MaxDramSizeBytes),
        SharedMemoryDirectory = SharedMemoryDirectory,
        LogLevel = "warn",
    };

    /// <summary>
    /// Removes what the coordinator would have removed: it was killed, or it would have said <c>quit</c>.
    /// </summary>
    public void CleanUpAfterCoordinator()
    {
        ProcessSignal.Send(MetaServiceId, ProcessSignal.Terminate);
        foreach (string directory in (string[])[SharedMemoryDirectory, ScratchDirectory])
        {
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (IOException)
            {
                // The other processes of the run do the same at the same time; the last one succeeds.
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
