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

    /// <summary>Further keys of the LocalService's configuration: <c>key=value</c>, a line each.</summary>
    public string Settings { get; init; } = "";

    /// <summary>As command line arguments, in the order of <see cref="Parse"/>.</summary>
    public IEnumerable<string> ToArguments() =>
    [
        MetaServiceUrl, ConfigStoreUrl, Text(MetaServiceId), SharedMemoryDirectory, ScratchDirectory,
        Text(SegmentBytes), Text(BlockBytes), Text(BatchCount), Settings,
    ];

    /// <summary>Reads what <see cref="ToArguments"/> wrote.</summary>
    /// <exception cref="FormatException">A number is none, or there are too few.</exception>
    public static WorkerOptions Parse(IReadOnlyList<string> arguments) =>
        arguments.Count != 9
            ? throw new FormatException("this command is for the processes that other commands of `mmc` start")
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
                Settings = arguments[8],
            };

    /// <summary>The LocalService's configuration.</summary>
    /// <exception cref="FormatException">A line of <see cref="Settings"/> is none.</exception>
    public LocalServiceOptions ToLocalServiceOptions()
    {
        var options = new LocalServiceOptions
        {
            MetaServiceUrl = MetaServiceUrl,
            ConfigStoreUrl = ConfigStoreUrl,
            Protocol = "host_shm",
            DramSizeBytes = SegmentBytes,
            MaxDramSizeBytes = Math.Max(SegmentBytes, new LocalServiceOptions().MaxDramSizeBytes),
            SharedMemoryDirectory = SharedMemoryDirectory,
            LogLevel = "warn",
        };
        foreach (string line in Settings.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = line.Split('=', 2);
            if (pair.Length != 2 || !LocalServiceOptions.Table.TrySet(options, pair[0], pair[1]))
            {
                throw new FormatException($"'{line}' sets no key of the LocalService's configuration");
            }
        }

        return options;
    }

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
