using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// How a store reaches segments: those of its own host by mapping and never otherwise, those of other hosts through the
/// transport, if it has one. Immutable.
/// </summary>
/// <param name="directory">The shared-memory directory.</param>
/// <param name="hostId">Own <see cref="HostIdentity"/>.</param>
/// <param name="transport">To other hosts; null: <c>protocol = host_shm</c>.</param>
/// <param name="logger">Told once for each segment that can't be reached, why.</param>
/// <param name="writer">What the slots that this process takes name as their writer: its liveness file.</param>
internal sealed class SegmentPaths(
    string directory, string hostId, ITransport? transport, ILogger logger, SegmentUuid writer = default)
{
    private const string Shm = "host_shm";
    private const string DefaultProtocol = "'host_rdma'";

    public string Directory { get; } = directory;

    public string HostId { get; } = hostId;

    public ITransport? Transport { get; } = transport;

    public ILogger Logger { get; } = logger;

    public SegmentUuid Writer { get; } = writer;

    /// <summary>Whether the configuration allows for more than mapping.</summary>
    public static bool HasTransport(LocalServiceOptions options) => options.Protocol != Shm;

    /// <summary>Says what the configuration asks for and this host does not have.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="logger">Told.</param>
    /// <param name="error">What the store can't do without; else empty.</param>
    /// <returns>Whether it can't do without.</returns>
    public static bool IsUnavailable(LocalServiceOptions options, ILogger logger, out string error)
    {
        IReadOnlyList<string> sentences = options.Unavailable(out bool isVital);
        error = isVital ? string.Join(Environment.NewLine, sentences) : "";
        foreach (string sentence in sentences)
        {
            // The default protocol is not worth a warning on every host.
            bool isDefault = sentence.Contains(DefaultProtocol, StringComparison.Ordinal);
            Log.NotAvailable(logger, isVital ? LogLevel.Error : isDefault ? LogLevel.Information : LogLevel.Warning, sentence);
        }

        return isVital;
    }
}
