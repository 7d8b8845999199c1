using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>Where a MetaService listens: <c>tcp://host:port</c> or <c>unix:///path</c>. Immutable.</summary>
public sealed class MetaEndpoint
{
    private readonly ServiceUrl _url;

    private MetaEndpoint(ServiceUrl url) => _url = url;

    /// <summary>Whether it is a socket of this host, by path.</summary>
    public bool IsUnixSocket => _url.Scheme == "unix";

    /// <summary>The name or IP address in it; the path of a Unix socket.</summary>
    public string Host => _url.Host;

    /// <summary>Reads an address; no name is resolved.</summary>
    /// <param name="text">The address.</param>
    /// <param name="endpoint">The endpoint, if the text is legal.</param>
    /// <param name="error">What is wrong and what is legal, else empty.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out MetaEndpoint? endpoint, out string error)
    {
        bool legal = ServiceUrl.TryParse(text, out ServiceUrl? url) && url.Scheme is "tcp" or "unix";
        endpoint = legal ? new MetaEndpoint(url!) : null;
        error = legal
            ? ""
            : $"'{text}' is not the address of a MetaService; legal is tcp://host:port with a port of 1 .. 65535, or "
                + $"unix:///path with at most {ServiceUrl.UnixPathBytesMax} bytes of path";
        return legal;
    }

    /// <summary>The socket at <paramref name="path"/> on this host, as a join reply names it.</summary>
    public static bool TryFromUnixPath(string path, [NotNullWhen(true)] out MetaEndpoint? endpoint) =>
        TryParse("unix://" + path, out endpoint, out _);

    /// <inheritdoc/>
    public override string ToString() => _url.ToString();

    /// <summary>The addresses to try, in order.</summary>
    /// <param name="deadline"><see cref="Stopwatch"/> timestamp; a name that is not resolved by then has none.</param>
    /// <param name="addresses">At least one on <see cref="MmcStatus.Ok"/>.</param>
    /// <param name="error">Why there is none, else empty.</param>
    /// <returns><see cref="MmcStatus.Timeout"/> or <see cref="MmcStatus.NotConnectedToMeta"/> when the name does not resolve.</returns>
    public MmcStatus Resolve(long deadline, out IReadOnlyList<SocketAddress> addresses, out string error)
    {
        error = "";
        if (IsUnixSocket)
        {
            addresses = [new UnixDomainSocketEndPoint(_url.Host).Serialize()];
            return MmcStatus.Ok;
        }

        if (IPAddress.TryParse(_url.Host, out IPAddress? literal))
        {
            addresses = [new IPEndPoint(literal, _url.Port).Serialize()];
            return MmcStatus.Ok;
        }

        return ResolveName(deadline, out addresses, out error);
    }

    private MmcStatus ResolveName(long deadline, out IReadOnlyList<SocketAddress> addresses, out string error)
    {
        addresses = [];
        try
        {
            Task<IPAddress[]> lookup = Dns.GetHostAddressesAsync(_url.Host);
            if (!lookup.Wait(Deadline.MillisecondsLeft(deadline)))
            {
                error = $"the name '{_url.Host}' was not resolved in time";
                return MmcStatus.Timeout;
            }

            addresses = [.. lookup.Result.Select(address => new IPEndPoint(address, _url.Port).Serialize())];
        }
        catch (AggregateException exception) when (exception.InnerException is SocketException failure)
        {
            error = $"the name '{_url.Host}' does not resolve: {failure.Message}";
            return MmcStatus.NotConnectedToMeta;
        }

        error = addresses.Count == 0 ? $"the name '{_url.Host}' has no address" : "";
        return addresses.Count == 0 ? MmcStatus.NotConnectedToMeta : MmcStatus.Ok;
    }
}
