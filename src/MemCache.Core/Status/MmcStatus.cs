namespace MemCache.Core;

/// <summary>
/// Outcome of every operation, in C#, C, Python, REST and on the wire. 0 is success, everything else is negative.
/// Append only: a number is never reused and never changes its meaning. Values from -3000 to -3199 are given by the
/// surface that existing clients call; values from -3200 down are MemCache's own.
/// </summary>
public enum MmcStatus
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>Failed for a reason that no other value names.</summary>
    Error = -1,

    /// <summary>An argument lies outside its legal range; nothing was done for it.</summary>
    InvalidParameter = -3000,

    /// <summary>Space for the replicas could not be found: too few ranks, or every candidate is full.</summary>
    AllocationFailed = -3001,

    /// <summary>An internal object could not be created.</summary>
    ObjectCreationFailed = -3002,

    /// <summary>The service has not been started, or is draining.</summary>
    NotStarted = -3003,

    /// <summary>The deadline passed before the reply came; the operation may or may not have taken effect.</summary>
    Timeout = -3004,

    /// <summary>The call was made a second time where only one is legal.</summary>
    RepeatedCall = -3005,

    /// <summary>The key is already there; the stored object is unchanged.</summary>
    DuplicatedObject = -3006,

    /// <summary>No readable object has this key.</summary>
    ObjectNotFound = -3007,

    /// <summary>The store was not initialised, or was closed.</summary>
    NotInitialised = -3008,

    /// <summary>A request with this sequence number is already under way.</summary>
    RequestDuplicated = -3009,

    /// <summary>No request with this sequence number is under way.</summary>
    RequestNotFound = -3010,

    /// <summary>The waiter was already notified.</summary>
    AlreadyNotified = -3011,

    /// <summary>The size is larger than what a segment or the pool could ever hold.</summary>
    ExceedsCapacity = -3013,

    /// <summary>No transport reaches the rank that holds the bytes.</summary>
    LinkNotFound = -3014,

    /// <summary>The peer does not know the operation that the frame names.</summary>
    NoRequestHandler = -3015,

    /// <summary>Memory of this process or host is exhausted.</summary>
    NotEnoughMemory = -3016,

    /// <summary>
    /// The MetaService can't be reached, or refuses the session; retry after the client has joined again.
    /// </summary>
    NotConnectedToMeta = -3017,

    /// <summary>The LocalService that holds the bytes can't be reached.</summary>
    NotConnectedToLocal = -3018,

    /// <summary>The client part of the store was not initialised.</summary>
    ClientNotInitialised = -3019,

    /// <summary>The object is in a state in which the operation is not legal.</summary>
    StateMismatch = -3101,

    /// <summary>The key is not known to this operation.</summary>
    KeyNotFound = -3102,

    /// <summary>The peer answered with something that the protocol does not allow.</summary>
    UnexpectedResult = -3103,

    /// <summary>A read lease holds the object and has not expired.</summary>
    LeaseNotExpired = -3104,

    /// <summary>The MetaService's backup failed.</summary>
    MetaBackupError = -3105,

    /// <summary>The blob was given to another object while it was copied: treat it as a miss.</summary>
    BlobChanged = -3200,

    /// <summary>The bytes do not have the checksum that was stored with them: treat it as a miss.</summary>
    ChecksumMismatch = -3201,

    /// <summary>Client and server speak different protocol versions; the text names both.</summary>
    ProtocolMismatch = -3202,

    /// <summary>A frame could not be decoded; the connection that carried it is closed.</summary>
    MalformedFrame = -3203,

    /// <summary>A limit was reached (connections, open reservations, queue length); retry later.</summary>
    LimitExceeded = -3204,

    /// <summary>The buffers of a get do not add up to the object's size.</summary>
    SizeMismatch = -3205,

    /// <summary>The caller cancelled the operation before it was done.</summary>
    Cancelled = -3206,

    /// <summary>The message carries an epoch lower than one already seen: its sender is no longer the leader.</summary>
    EpochTooOld = -3207,

    /// <summary>An invariant of MemCache itself was broken: a bug, and this client refuses further work.</summary>
    Internal = -3208,

    /// <summary>The reservation was revoked because its writer was taken for lost; nothing was published.</summary>
    ReservationRevoked = -3209,

    /// <summary>Called in a child forked from the process that initialised the store: initialise after fork.</summary>
    ForkedChild = -3210,

    /// <summary>No free run in the segment is long enough; internal to the engine, never leaves it.</summary>
    SegmentFull = -3211,

    /// <summary>
    /// One of the replicas that were wanted could not be written, so that none was published; with a single replica the
    /// failure's own value is given.
    /// </summary>
    ReplicaWriteFailed = -3212,

    /// <summary>TLS: the peer's certificate is not accepted, or it does not accept ours, or it does not speak
    /// TLS.</summary>
    TlsFailed = -3213,

    /// <summary>
    /// The space that the key's tenant may use is full of objects that can't go, or that of objects with a hard pin is
    /// full.
    /// </summary>
    QuotaExceeded = -3214,
}
