using System.Net;
using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Where the own segment is served to other hosts, if the configuration wants that: decides, opens, and closes when another segment takes the
/// place of the one that was served. Membership thread only, but for <see cref="Dispose"/> after its end.
/// </summary>
/// <param name="options">Protocol and address.</param>
/// <param name="serve">Opens a server.</param>
/// <param name="logger">Told of addresses that no other host can use.</param>
internal sealed class DataPort(LocalServiceOptions options, DataPort.Serve? serve, ILogger logger) : IDisposable
{
    private IDataServer? _server;
    private SegmentUuid _served;
    private bool _hasWarned;

    /// <summary>Opens a server for a segment on the first free port from the address on.</summary>
    public delegate MmcStatus Serve(OwnedSegment own, ServiceUrl from, out IDataServer? server, out string error);

    /// <summary>What peers are told; empty while nothing is served.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Whether this configuration serves its segment to other hosts.</summary>
    public static bool IsWanted(LocalServiceOptions options) =>
        options.Protocol == "host_tcp" || (SegmentPaths.HasTransport(options) && !IsLoopback(UrlOf(options).Host));

    /// <summary>Sees to it that this segment, and no other, is served, if any is to be.</summary>
    /// <returns><see cref="MmcStatus.ObjectCreationFailed"/> or what the server says: the address can't be bound.</returns>
    public MmcStatus Open(OwnedSegment? own, out string error)
    {
        error = "";
        if (own is null || serve is null || !IsWanted(options) || (_server is not null && _served == own.View.Uuid))
        {
            return MmcStatus.Ok;
        }

        Close();
        ServiceUrl url = UrlOf(options);
        MmcStatus status = serve(own, url, out _server, out error);
        if (status != MmcStatus.Ok || _server is null)
        {
            error = $"the segment can't be served at {options.HcomUrl}: {error}";
            return status;
        }

        _served = own.View.Uuid;
        Address = new ServiceUrl("tcp", url.Host, _server.Port).ToString();
        Log.Serving(logger, Address);
        Warn(url.Host);
        return MmcStatus.Ok;
    }

    /// <summary>Whether bytes for this reservation may be arriving, so that its space can't be given away.</summary>
    public bool IsReceiving(uint slot, ulong generation) => _server?.IsReceiving(slot, generation) == true;

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Close()
    {
        _server?.Dispose();
        _server = null;
        Address = "";
    }

    private void Warn(string host)
    {
        bool isAny = IPAddress.TryParse(host, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        if (!_hasWarned && (isAny || IsLoopback(host)))
        {
            _hasWarned = true;
            Log.AddressOfNoUse(logger, Address);
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    // Validated when the store was opened.
    private static ServiceUrl UrlOf(LocalServiceOptions options) =>
        ServiceUrl.TryParse(options.HcomUrl, out ServiceUrl? url) ? url : new ServiceUrl("tcp", "127.0.0.1", 1);
}
