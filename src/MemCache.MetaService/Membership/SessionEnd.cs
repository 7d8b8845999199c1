namespace MemCache.MetaService;

/// <summary>How a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>The client said so, and that no write of it is in flight.</summary>
    Left,

    /// <summary>Its membership connection was closed by the other side.</summary>
    ConnectionClosed,

    /// <summary>This server closed its membership connection.</summary>
    ConnectionRefused,

    /// <summary>No heartbeat for too long.</summary>
    Silent,

    /// <summary>Its client joined another time: it found the connection dead before this server did.</summary>
    JoinedAgain,
}
