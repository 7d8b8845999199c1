namespace MemCache.Protocol;

/// <summary>
/// Operations of the data port. A number is never reused. They name bytes of one segment, the one of the connection's
/// hello.
/// </summary>
public enum DataOpcode : ushort
{
    /// <summary>Nothing; never sent.</summary>
    None = 0,

    /// <summary>Reads a range whose pages have a known stamp.</summary>
    Read = 1,

    /// <summary>Reads a range that is known by its global address.</summary>
    ReadAddress = 2,

    /// <summary>Writes a whole blob: its bytes follow the key.</summary>
    Put = 3,

    /// <summary>Takes a blob's slot for a write over several requests.</summary>
    Begin = 4,

    /// <summary>Writes a part of a blob that was begun: its bytes follow.</summary>
    Write = 5,

    /// <summary>Ends a write over several requests: the blob is whole.</summary>
    End = 6,

    /// <summary>Gives a blob that was begun up.</summary>
    Abort = 7,
}
