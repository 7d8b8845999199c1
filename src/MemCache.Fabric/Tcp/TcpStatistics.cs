namespace MemCache.Fabric;

/// <summary>What one end of the TCP data path has done since it started.</summary>
public readonly record struct TcpStatistics
{
    /// <summary>Bytes of objects received: written by peers at a server, read from peers at a transport.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes of objects sent.</summary>
    public long BytesOut { get; init; }

    /// <summary>Operations that ended, well or not.</summary>
    public long Operations { get; init; }

    /// <summary>Operations that ended with another status than Ok.</summary>
    public long Failures { get; init; }

    /// <summary>Connections made or accepted.</summary>
    public long Connections { get; init; }

    /// <summary>Connections open now.</summary>
    public long ConnectionsOpen { get; init; }

    /// <summary>Reads whose pages were not, or did not stay, the blob's.</summary>
    public long ReadsChanged { get; init; }

    /// <summary>
    /// At a server: peers refused or closed for what they sent, or did not send in time. At a transport: peers that
    /// became unreachable.
    /// </summary>
    public long Refusals { get; init; }
}
