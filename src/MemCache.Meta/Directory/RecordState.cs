namespace MemCache.Meta;

/// <summary>What a record is. The numbers matter: the byte lies where a freed cell keeps it, and 0 is "free".</summary>
internal enum RecordState : byte
{
    /// <summary>The cell is not in use.</summary>
    Free = 0,

    /// <summary>Space is held by a session that has not committed; not in the index.</summary>
    Reserved = 1,

    /// <summary>The session is gone, its writer may be alive; waits for the segments' owners. Not in the index.</summary>
    Orphan = 2,

    /// <summary>In the index; every replica was written whole.</summary>
    Readable = 3,

    /// <summary>Removed from the index; its space waits for read leases.</summary>
    Removing = 4,
}
