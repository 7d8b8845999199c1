/* Generated from MmcStatus by TidyTests (MMC_TEST_REWRITE=1 ./mmc test TidyTests): do not edit. */
#ifndef MMC_STATUS_H
#define MMC_STATUS_H

/* Outcome of every operation. A number is never reused and never changes its meaning. */
typedef enum mmc_status {
    /* Done. */
    MMC_OK = 0,
    /* Failed for a reason that no other value names. */
    MMC_ERROR = -1,
    /* An argument lies outside its legal range; nothing was done for it. */
    MMC_INVALID_PARAMETER = -3000,
    /* Space for the replicas could not be found: too few ranks, or every candidate is full. */
    MMC_ALLOCATION_FAILED = -3001,
    /* An internal object could not be created. */
    MMC_OBJECT_CREATION_FAILED = -3002,
    /* The service has not been started, or is draining. */
    MMC_NOT_STARTED = -3003,
    /* The deadline passed before the reply came; the operation may or may not have taken effect. */
    MMC_TIMEOUT = -3004,
    /* The call was made a second time where only one is legal. */
    MMC_REPEATED_CALL = -3005,
    /* The key is already there; the stored object is unchanged. */
    MMC_DUPLICATED_OBJECT = -3006,
    /* No readable object has this key. */
    MMC_OBJECT_NOT_FOUND = -3007,
    /* The store was not initialised, or was closed. */
    MMC_NOT_INITIALISED = -3008,
    /* A request with this sequence number is already under way. */
    MMC_REQUEST_DUPLICATED = -3009,
    /* No request with this sequence number is under way. */
    MMC_REQUEST_NOT_FOUND = -3010,
    /* The waiter was already notified. */
    MMC_ALREADY_NOTIFIED = -3011,
    /* The size is larger than what a segment or the pool could ever hold. */
    MMC_EXCEEDS_CAPACITY = -3013,
    /* No transport reaches the rank that holds the bytes. */
    MMC_LINK_NOT_FOUND = -3014,
    /* The peer does not know the operation that the frame names. */
    MMC_NO_REQUEST_HANDLER = -3015,
    /* Memory of this process or host is exhausted. */
    MMC_NOT_ENOUGH_MEMORY = -3016,
    /* The MetaService can't be reached, or refuses the session; retry after the client has joined again. */
    MMC_NOT_CONNECTED_TO_META = -3017,
    /* The LocalService that holds the bytes can't be reached. */
    MMC_NOT_CONNECTED_TO_LOCAL = -3018,
    /* The client part of the store was not initialised. */
    MMC_CLIENT_NOT_INITIALISED = -3019,
    /* The object is in a state in which the operation is not legal. */
    MMC_STATE_MISMATCH = -3101,
    /* The key is not known to this operation. */
    MMC_KEY_NOT_FOUND = -3102,
    /* The peer answered with something that the protocol does not allow. */
    MMC_UNEXPECTED_RESULT = -3103,
    /* A read lease holds the object and has not expired. */
    MMC_LEASE_NOT_EXPIRED = -3104,
    /* The MetaService's backup failed. */
    MMC_META_BACKUP_ERROR = -3105,
    /* The blob was given to another object while it was copied: treat it as a miss. */
    MMC_BLOB_CHANGED = -3200,
    /* The bytes do not have the checksum that was stored with them: treat it as a miss. */
    MMC_CHECKSUM_MISMATCH = -3201,
    /* Client and server speak different protocol versions; the text names both. */
    MMC_PROTOCOL_MISMATCH = -3202,
    /* A frame could not be decoded; the connection that carried it is closed. */
    MMC_MALFORMED_FRAME = -3203,
    /* A limit was reached (connections, open reservations, queue length); retry later. */
    MMC_LIMIT_EXCEEDED = -3204,
    /* The buffers of a get do not add up to the object's size. */
    MMC_SIZE_MISMATCH = -3205,
    /* The caller cancelled the operation before it was done. */
    MMC_CANCELLED = -3206,
    /* The message carries an epoch lower than one already seen: its sender is no longer the leader. */
    MMC_EPOCH_TOO_OLD = -3207,
    /* An invariant of MemCache itself was broken: a bug, and this client refuses further work. */
    MMC_INTERNAL = -3208,
    /* The reservation was revoked because its writer was taken for lost; nothing was published. */
    MMC_RESERVATION_REVOKED = -3209,
    /* Called in a child forked from the process that initialised the store: initialise after fork. */
    MMC_FORKED_CHILD = -3210,
    /* No free run in the segment is long enough; internal to the engine, never leaves it. */
    MMC_SEGMENT_FULL = -3211,
    /* One of the replicas that were wanted could not be written, so that none was published; with a single replica the failure's own value is given. */
    MMC_REPLICA_WRITE_FAILED = -3212,
    /* TLS: the peer's certificate is not accepted, or it does not accept ours, or it does not speak TLS. */
    MMC_TLS_FAILED = -3213,
    /* The space that the key's tenant may use is full of objects that can't go, or that of objects with a hard pin is full. */
    MMC_QUOTA_EXCEEDED = -3214,
} mmc_status;

#endif
