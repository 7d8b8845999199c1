namespace MemCache.Fabric;

/// <summary>Counts of one end of the data path. Written by any thread, with interlocked operations.</summary>
internal sealed class TcpCounters
{
    private long _bytesIn;
    private long _bytesOut;
    private long _operations;
    private long _failures;
    private long _connections;
    private long _connectionsOpen;
    private long _readsChanged;
    private long _refusals;

    /// <summary>Connections that are open now.</summary>
    public long ConnectionsOpen => Volatile.Read(ref _connectionsOpen);

    /// <summary>Notes bytes of objects that came in and went out.</summary>
    public void AddBytes(long bytesIn, long bytesOut)
    {
        if (bytesIn > 0)
        {
            Interlocked.Add(ref _bytesIn, bytesIn);
        }

        if (bytesOut > 0)
        {
            Interlocked.Add(ref _bytesOut, bytesOut);
        }
    }

    /// <summary>Notes operations that have ended.</summary>
    public void AddOperations(long count, long failureCount)
    {
        Interlocked.Add(ref _operations, count);
        if (failureCount > 0)
        {
            Interlocked.Add(ref _failures, failureCount);
        }
    }

    /// <summary>Notes a connection.</summary>
    public long AddConnection()
    {
        Interlocked.Increment(ref _connections);
        return Interlocked.Increment(ref _connectionsOpen);
    }

    /// <summary>Notes the end of a connection.</summary>
    public void RemoveConnection() => Interlocked.Decrement(ref _connectionsOpen);

    /// <summary>Notes a read whose pages were not, or did not stay, the blob's.</summary>
    public void AddReadChanged() => Interlocked.Increment(ref _readsChanged);

    /// <summary>Notes a peer that was refused or closed for what it sent or did not send.</summary>
    public void AddRefusal() => Interlocked.Increment(ref _refusals);

    /// <summary>All counts, each read by itself.</summary>
    public TcpStatistics Read() => new()
    {
        BytesIn = Volatile.Read(ref _bytesIn),
        BytesOut = Volatile.Read(ref _bytesOut),
        Operations = Volatile.Read(ref _operations),
        Failures = Volatile.Read(ref _failures),
        Connections = Volatile.Read(ref _connections),
        ConnectionsOpen = Volatile.Read(ref _connectionsOpen),
        ReadsChanged = Volatile.Read(ref _readsChanged),
        Refusals = Volatile.Read(ref _refusals),
    };
}
