using System.Net;
using System.Net.Sockets;

namespace MemCache.Testing;

/// <summary>Ports of this host that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>Different free ports; held together until all are known, so that none is given twice.</summary>
    public static int[] Take(int count)
    {
        var listeners = new TcpListener[count];
        for (int i = 0; i < count; i++)
        {
            listeners[i] = new TcpListener(IPAddress.Loopback, 0);
            listeners[i].Start();
        }

        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }
}
