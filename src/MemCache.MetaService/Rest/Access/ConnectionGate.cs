using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MemCache.MetaService;

/// <summary>Counts connections by address and turns those away that one address has too many of. Thread-safe.</summary>
internal sealed class ConnectionGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>Wraps what serves a connection.</summary>
    public ConnectionDelegate Enter(ConnectionDelegate next) => connection => RunAsync(connection, next);

    private async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IPAddress address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!TryAdd(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Remove(address);
        }
    }

    private bool TryAdd(IPAddress address)
    {
        lock (_lock)
        {
            int count = _counts.GetValueOrDefault(address);
            if (count >= HttpLimits.ConnectionCountMaxPerAddress)
            {
                return false;
            }

            _counts[address] = count + 1;
            return true;
        }
    }

    private void Remove(IPAddress address)
    {
        lock (_lock)
        {
            int count = _counts[address] - 1;
            if (count == 0)
            {
                _ = _counts.Remove(address);
            }
            else
            {
                _counts[address] = count;
            }
        }
    }
}
