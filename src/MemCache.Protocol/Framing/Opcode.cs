namespace MemCache.Protocol;

/// <summary>
/// What a frame asks for. A reply carries the request's number with <see cref="FrameHeader.ReplyFlag"/> set. Append
/// only.
/// </summary>
public enum Opcode : ushort
{
    /// <summary>No operation; never legal in a request.</summary>
    None = 0,

    /// <summary>Binds a data connection to a session: <see cref="HelloRequest"/>, empty reply.</summary>
    Hello = 1,

    /// <summary>Opens a session and mounts its segment: <see cref="JoinRequest"/>, <see cref="JoinReply"/>.</summary>
    Join = 2,

    /// <summary>
    /// Ends a session in good order: <see cref="LeaveRequest"/>, empty reply. Or prepares it: then the reply is a
    /// <see cref="LeaveReply"/>.
    /// </summary>
    Leave = 3,

    /// <summary>
    /// Sign of life, orphan hand-out and confirmation: <see cref="HeartbeatRequest"/>, <see cref="HeartbeatReply"/>.
    /// </summary>
    Heartbeat = 4,

    /// <summary>The segment registry: empty request, <see cref="SegmentsReply"/>.</summary>
    Segments = 5,

    /// <summary>Which keys are readable: <see cref="KeysRequest"/>, <see cref="StatusesReply"/>.</summary>
    Exists = 16,

    /// <summary>
    /// Where objects lie, with a read lease: <see cref="LookupRequest"/>, <see cref="LocationsReply"/>.
    /// </summary>
    Lookup = 17,

    /// <summary>Space for new objects: <see cref="ReserveRequest"/>, <see cref="LocationsReply"/>.</summary>
    Reserve = 18,

    /// <summary>Publishes or drops reservations: <see cref="CommitRequest"/>, <see cref="StatusesReply"/>.</summary>
    Commit = 19,

    /// <summary>Removes objects: <see cref="KeysRequest"/>, <see cref="StatusesReply"/>.</summary>
    Remove = 20,

    /// <summary>Removes every object: <see cref="ReleasesRequest"/>, <see cref="CountReply"/>.</summary>
    RemoveAll = 21,

    /// <summary>Gives read leases back: <see cref="ReleasesRequest"/>, empty reply.</summary>
    Release = 22,

    /// <summary>Figures of the pool: <see cref="ReleasesRequest"/>, <see cref="StatsReply"/>.</summary>
    Stats = 23,

    /// <summary>
    /// Space for objects that are written over several calls, known under their keys as not yet readable:
    /// <see cref="ReserveRequest"/>, <see cref="LocationsReply"/>.
    /// </summary>
    Allocate = 24,

    /// <summary>
    /// Read leases by key, held by the session: <see cref="LookupRequest"/>, <see cref="LocationsReply"/>.
    /// </summary>
    AddLease = 25,

    /// <summary>Gives read leases by key back: <see cref="KeysRequest"/>, <see cref="StatusesReply"/>.</summary>
    RemoveLease = 26,

    /// <summary>
    /// What the segment of a client that joined with content holds, on its membership connection:
    /// <see cref="RestoreRequest"/>, <see cref="StatusesReply"/>.
    /// </summary>
    Restore = 27,

    /// <summary>Everything was restored, objects may be placed into the segment: empty request, empty reply.</summary>
    EndRestore = 28,

    /// <summary>
    /// Replicas that the client is to make in its own segment, reserved on this connection: <see cref="MovesRequest"/>,
    /// <see cref="MovesReply"/>.
    /// </summary>
    TakeMoves = 29,

    /// <summary>What became of them: <see cref="CommitRequest"/>, <see cref="StatusesReply"/>.</summary>
    FinishMoves = 30,

    /// <summary>
    /// What the client's counters have grown by, on its membership connection: <see cref="ReportRequest"/>, empty
    /// reply.
    /// </summary>
    Report = 31,

    /// <summary>
    /// Changes pin and end of life of objects: <see cref="PinRequest"/>, <see cref="StatusesReply"/>.
    /// </summary>
    Pin = 32,
}
