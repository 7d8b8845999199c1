using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// One way to move bytes between buffers of this process and segments that it can't map: TCP now; RDMA and device
/// memory are to come behind the same three types. Thread-safe.
/// </summary>
public interface ITransport : IDisposable
{
    /// <summary>Name of the transport in metrics and logs: "tcp".</summary>
    string Name { get; }

    /// <summary>A segment of a peer. Does no I/O: connections are made when they are needed.</summary>
    /// <param name="uuid">The segment that every connection must lead to; a peer that has another one now is
    /// refused.</param>
    /// <param name="rank">Whose it is, for messages.</param>
    /// <param name="address">Data address that the peer announced when it joined: "tcp://10.0.0.2:7000".</param>
    RemoteSegment Open(SegmentUuid uuid, RankId rank, string address);

    /// <summary>An empty batch, to be used again and again by one thread at a time.</summary>
    RemoteBatch NewBatch();
}
