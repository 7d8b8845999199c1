namespace MemCache.Protocol;

/// <summary>
/// The way that bytes went between a client's buffers and a segment. Append only: the numbers travel.
/// </summary>
public enum DataPath
{
    /// <summary>The client's own segment.</summary>
    Own = 0,

    /// <summary>Another's segment on the same host, through the mapping.</summary>
    Mapped = 1,

    /// <summary>A segment of another host, over TCP.</summary>
    Tcp = 2,
}
