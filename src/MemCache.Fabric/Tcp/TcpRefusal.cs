namespace MemCache.Fabric;

/// <summary>Why a data server refused or closed a peer.</summary>
internal enum TcpRefusal
{
    /// <summary>The first bytes are not a hello.</summary>
    NotHello,

    /// <summary>Another version of the protocol.</summary>
    OtherVersion,

    /// <summary>The hello names a segment that is not served here.</summary>
    OtherSegment,

    /// <summary>An operation that this version does not know.</summary>
    UnknownOperation,

    /// <summary>A header that is not legal.</summary>
    MalformedRequest,

    /// <summary>Bytes for a range that the segment does not have.</summary>
    OutOfRange,

    /// <summary>Nothing moved for too long, or too little.</summary>
    Stalled,

    /// <summary>The hello did not come in time.</summary>
    NoHello,

    /// <summary>The handshake failed.</summary>
    HandshakeFailed,

    /// <summary>As many connections as are allowed.</summary>
    TooManyConnections,
}
