namespace MemCache.MetaService;

/// <summary>Who ended a connection. It decides whether the process behind a Unix socket is known to be dead.</summary>
internal enum CloseCause
{
    /// <summary>The peer, or its kernel: end of stream or reset.</summary>
    Peer,

    /// <summary>This server: a bad frame, a deadline, a slow reader, an error of its own or of the network.</summary>
    Server,

    /// <summary>This server is stopping.</summary>
    Shutdown,
}
