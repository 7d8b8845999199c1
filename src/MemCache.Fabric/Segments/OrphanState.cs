namespace MemCache.Fabric;

/// <summary>What the owner of a segment found out about a reservation whose session is gone.</summary>
public enum OrphanState
{
    /// <summary>
    /// The writer may still store bytes, or nothing could be found out now: keep the space and ask again.
    /// </summary>
    Pending = 0,

    /// <summary>The writer had not begun, and now never will. The space is free.</summary>
    Revoked = 1,

    /// <summary>
    /// The writer ended by itself: it published, gave up, or the slot has gone on to a later reservation. The space is
    /// free.
    /// </summary>
    Finished = 2,

    /// <summary>The writer died while it was writing. The space is free.</summary>
    WriterDead = 3,
}
