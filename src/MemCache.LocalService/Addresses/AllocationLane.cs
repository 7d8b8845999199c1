namespace MemCache.LocalService;

/// <summary>
/// The connection that allocations are made and finished on. They belong to it: when it ends, their space is given
/// away. So it is closed only when no copy into them runs, and it is no connection of the pool. One call at a time,
/// under <see cref="Turn"/>.
/// </summary>
internal sealed class AllocationLane(Session session)
{
    public Session Session { get; } = session;

    /// <summary>Held by the thread that is in a call.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>
    /// The connection, once the first call has made it. Only under <see cref="Turn"/>, and by the last user of a
    /// closing lane.
    /// </summary>
    public CallContext? Context { get; set; }

    /// <summary>
    /// Calls and copies that forbid to close the connection. Guarded by the lock of the <see cref="AddressBook"/>.
    /// </summary>
    public int UserCount { get; set; }

    /// <summary>No call and no copy begins any more. Guarded by the lock of the <see cref="AddressBook"/>.</summary>
    public bool IsClosing { get; set; }
}
