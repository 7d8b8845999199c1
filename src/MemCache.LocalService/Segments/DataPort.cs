using System.Net;
using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Where the own segment is served to other hosts, if the configuration wants that. The port is opened once and stays,
/// whichever segment the process contributes. Membership thread only, but for <see cref="Dispose"/> after its end.
/// </summary>
/// <param name="options">Protocol and address.</param>
/// <param name="start">Opens the port; null: there is no transport.</param>
/// <param name="logger">Told of addresses that no other host can use.</param>
internal sealed class DataPort(LocalServiceOptions options, DataPort.Start? start, ILogger logger) : IDisposable
{
    private IDataServer? _server;

    /// <summary>Opens the first free port from the configured one on.</summary>
    public delegate MmcStatus Start(LocalServiceOptions options, ILogger logger, out IDataServer? server, out string error);

    /// <summary>What peers are told; empty: nothing is served.</summary>
    public string Address => _server?.Address ?? "";

    /// <summary>Whether this configuration serves its segment to other hosts.</summary>
    public static bool IsWanted(LocalServiceOptions options) =>
        options.Protocol == "host_tcp" || (SegmentPaths.HasTransport(options) && !IsLoopback(HostOf(options)));

    /// <summary>Sees to it that this segment is served, if one is to be.</summary>
    /// <returns>What the server says when the port can't be opened.</returns>
    public MmcStatus Serve(OwnedSegment? own, out string error)
    {
        error = "";
        if (own is null || start is null || !IsWanted(options))
        {
            return MmcStatus.Ok;
        }

        if (_server is null)
        {
            MmcStatus status = start(options, logger, out _server, out error);
            if (status != MmcStatus.Ok || _server is null)
            {
                error = $"the segment can't be served to other hosts: {error}";
                return status;
            }

            Warn(HostOf(options));
        }

        _server.Serve(own.View);
        return MmcStatus.Ok;
    }

    /// <summary>Decides an orphan of our segment: what is not pending is never stored into again.</summary>
    /// <param name="view">The segment.</param>
    /// <param name="orphan">The reservation.</param>
    /// <param name="writerIsGone">
    /// Whether its writer is dead, or on another host, whose bytes only come through this port.
    /// </param>
    public OrphanState ResolveOrphan(SegmentView view, in OrphanEntry orphan, bool writerIsGone) =>
        _server is null
            ? view.ResolveOrphan(orphan.Slot, orphan.Generation, writerIsGone)
            : _server.ResolveOrphan(view, orphan.Slot, orphan.Generation, writerIsGone);

    /// <inheritdoc/>
    public void Dispose() => _server?.Dispose();

    private void Warn(string host)
    {
        bool isAny = IPAddress.TryParse(host, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        if (isAny || IsLoopback(host))
        {
            Log.AddressOfNoUse(logger, Address);
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static string HostOf(LocalServiceOptions options) =>
        ServiceUrl.TryParse(options.HcomUrl, out ServiceUrl? url) ? url.Host : "";
}
