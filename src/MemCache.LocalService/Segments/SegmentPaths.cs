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

    public string Directory { get; } = directory;

    public string HostId { get; } = hostId;

    public ITransport? Transport { get; } = transport;

    public ILogger Logger { get; } = logger;

    public SegmentUuid Writer { get; } = writer;

    /// <summary>Whether the configuration allows for more than mapping.</summary>
    public static bool HasTransport(LocalServiceOptions options) => options.Protocol != Shm;

    /// <summary>Says what is used in place of protocols that are accepted and not there.</summary>
    public static void Announce(LocalServiceOptions options, ILogger logger)
    {
        if (options.Protocol is not (Shm or "host_tcp"))
        {
            Log.ProtocolReplaced(logger, options.Protocol);
        }
    }
}
