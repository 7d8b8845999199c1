using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <summary>One operation of a <see cref="TcpBatch"/>.</summary>
internal struct TcpOperation
{
    /// <summary>Where; null if it can't be asked for.</summary>
    public TcpRemoteSegment? Segment;

    /// <summary>What is sent, but for the request id.</summary>
    public DataRequest Request;

    /// <summary>First of its buffers in the batch's list.</summary>
    public int LayerBegin;

    /// <summary>First byte of its key in the batch's bytes.</summary>
    public int KeyBegin;

    /// <summary>Requests of it that have no outcome yet.</summary>
    public int PartsLeft;

    /// <summary>The first outcome that is not Ok, else Ok.</summary>
    public MmcStatus Status;

    /// <summary>The checksum that came along.</summary>
    public uint? Checksum;
}
