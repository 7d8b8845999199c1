namespace MemCache.Protocol;

/// <summary>Kinds of calls that a client times. Append only: the numbers travel.</summary>
public enum ClientCall
{
    /// <summary>Get of one key.</summary>
    Get = 0,

    /// <summary>Get of several keys, or of ranges of them.</summary>
    BatchGet = 1,

    /// <summary>Put of one key.</summary>
    Put = 2,

    /// <summary>Put of several keys.</summary>
    BatchPut = 3,

    /// <summary>Exists of one key.</summary>
    Exist = 4,

    /// <summary>Exists of several keys.</summary>
    BatchExist = 5,

    /// <summary>Remove of one key.</summary>
    Remove = 6,

    /// <summary>Remove of several keys.</summary>
    BatchRemove = 7,

    /// <summary>Remove of all keys.</summary>
    RemoveAll = 8,

    /// <summary>Where objects lie and how large they are.</summary>
    Query = 9,

    /// <summary>Space for objects that are written over several calls.</summary>
    Alloc = 10,

    /// <summary>Bytes written to addresses.</summary>
    CopyPut = 11,

    /// <summary>Bytes read from addresses.</summary>
    CopyGet = 12,

    /// <summary>Objects published that were written over several calls.</summary>
    FinishWrite = 13,

    /// <summary>Leases by key taken.</summary>
    AddLease = 14,

    /// <summary>Leases by key given back.</summary>
    RemoveLease = 15,

    /// <summary>A step of another call, not timed on its own; never sent.</summary>
    Untimed = -1,
}
