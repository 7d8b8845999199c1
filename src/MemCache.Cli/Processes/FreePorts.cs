using System.Net;
using System.Net.Sockets;

namespace MemCache.Cli;

/// <summary>Finds ports of the loopback address that nobody listens on.</summary>
internal static class FreePorts
{
    /// <summary>Different free ports: all are held until all are known.</summary>
    public static int[] Take(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listeners.Add(listener);
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
