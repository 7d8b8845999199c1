namespace MemCache.Interop;

/// <summary>What to wait for on a socket, and what happened. The bits are those of poll and epoll.</summary>
[Flags]
public enum SocketReadiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Bytes or an end of stream can be received, or a connection accepted.</summary>
    Readable = 0x1,

    /// <summary>Bytes can be sent.</summary>
    Writable = 0x4,

    /// <summary>The socket has an error; only reported.</summary>
    Failed = 0x8,

    /// <summary>Both directions are closed; only reported.</summary>
    HungUp = 0x10,
}
