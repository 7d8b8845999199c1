namespace MemCache.MetaService;

/// <summary>What requests are counted as: the operations that existing dashboards know, then our own.</summary>
internal enum Operation
{
    /// <summary>Reserve of one key.</summary>
    Alloc,

    /// <summary>Reserve of several keys.</summary>
    BatchAlloc,

    /// <summary>Lookup of one key with a read lease.</summary>
    Get,

    /// <summary>Lookup of several keys with read leases.</summary>
    BatchGet,

    /// <summary>Remove of one key.</summary>
    Remove,

    /// <summary>Remove of several keys.</summary>
    BatchRemove,

    /// <summary>Remove of every key.</summary>
    RemoveAll,

    /// <summary>Commit of one reservation.</summary>
    UpdateState,

    /// <summary>Commit of several reservations.</summary>
    BatchUpdateState,

    /// <summary>Lookup of one key without a lease.</summary>
    Query,

    /// <summary>Lookup of several keys without leases.</summary>
    BatchQuery,

    /// <summary>Listing of all keys.</summary>
    GetAllKeys,

    /// <summary>Exists of one key.</summary>
    ExistKey,

    /// <summary>Exists of several keys.</summary>
    BatchExistKey,

    /// <summary>Join with a segment.</summary>
    Mount,

    /// <summary>End of a session with a segment.</summary>
    Unmount,

    /// <summary>Lease by key of one key.</summary>
    AddLease,

    /// <summary>Leases by key of several keys.</summary>
    BatchAddLease,

    /// <summary>Lease by key given back, one key.</summary>
    RemoveLease,

    /// <summary>Leases by key given back, several keys.</summary>
    BatchRemoveLease,

    /// <summary>Read leases given back on their own.</summary>
    Release,

    /// <summary>A connection bound to a session.</summary>
    Hello,

    /// <summary>Join, with or without memory.</summary>
    Join,

    /// <summary>Leave.</summary>
    Leave,

    /// <summary>Heartbeat.</summary>
    Heartbeat,

    /// <summary>What a segment that joins again holds.</summary>
    Restore,

    /// <summary>Segment registry.</summary>
    Segments,

    /// <summary>Statistics.</summary>
    Stats,

    /// <summary>A mover asked for replicas to make.</summary>
    TakeMoves,

    /// <summary>A mover said what became of them.</summary>
    FinishMoves,

    /// <summary>What a LocalService has counted.</summary>
    Report,

    /// <summary>Pin or end of one object changed.</summary>
    Pin,

    /// <summary>Pins or ends of several objects changed.</summary>
    BatchPin,

    /// <summary>A request that this version does not know.</summary>
    Unknown,
}
