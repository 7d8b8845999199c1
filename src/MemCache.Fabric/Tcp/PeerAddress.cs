using System.Net;
using System.Net.Sockets;
using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>Addresses of data ports.</summary>
internal static class PeerAddress
{
    /// <summary>
    /// The addresses of a host, in the order to try them; a name that is not resolved by the deadline has none.
    /// </summary>
    public static MmcStatus Resolve(ServiceUrl url, long deadline, out SocketAddress[] addresses, out string error)
    {
        addresses = [];
        error = "";
        if (IPAddress.TryParse(url.Host, out IPAddress? literal))
        {
            addresses = [new IPEndPoint(literal, url.Port).Serialize()];
            return MmcStatus.Ok;
        }

        try
        {
            Task<IPAddress[]> lookup = Dns.GetHostAddressesAsync(url.Host);
            if (!lookup.Wait(Deadline.MillisecondsLeft(deadline)))
            {
                error = $"the name '{url.Host}' was not resolved in time";
                return MmcStatus.Timeout;
            }

            addresses = [.. lookup.Result.Select(address => new IPEndPoint(address, url.Port).Serialize())];
        }
        catch (AggregateException exception) when (exception.InnerException is SocketException or ArgumentException)
        {
            error = $"the name '{url.Host}' does not resolve: {exception.InnerException.Message}";
            return MmcStatus.LinkNotFound;
        }

        error = addresses.Length == 0 ? $"the name '{url.Host}' has no address" : "";
        return addresses.Length == 0 ? MmcStatus.LinkNotFound : MmcStatus.Ok;
    }

    /// <summary>Changes the port of an Internet address in place.</summary>
    public static void SetPort(SocketAddress address, int port)
    {
        // Behind the family, in network order, in both families.
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
    }
}
