/*
 * MemCache's own C surface: stores by handle, batches of buffers, global addresses, leases, range reads.
 * mmc.h, mmc_client.h and mmc_service.h, which existing programs call, work on one store per process; here a process may open several.
 *
 * Rules that hold for every function:
 *  - The result is a status: 0 (MMC_OK) or a negative code of mmc_status.h. Nothing throws, prints or ends the process.
 *  - Batches take `count` of 0 .. 16384 and write one status per entry into `results`, always all of them, also when the call fails as a
 *    whole. The return value is that of the call: 0 if it was carried out, whatever became of its entries. A larger count, or `results` NULL
 *    with a count > 0, is MMC_INVALID_PARAMETER; then nothing is done and nothing is written.
 *  - Any thread may call any function on one store at the same time. Every call returns within client.timeout.seconds.
 *  - A child forked from a process that opened a store gets MMC_FORKED_CHILD: open stores after fork.
 *  - A store that is closed or never existed gets MMC_NOT_INITIALISED; handles are numbers that are never used again, not pointers.
 *  - Memory that is passed stays valid and unchanged until the call has returned. An address of 0 or a length of 0 fails that entry.
 *    The library can't know whether an address is mapped: a wild one faults like any other access.
 */
#ifndef MMC_STORE_H
#define MMC_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "mmc_def.h"
#include "mmc_log.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A store; 0 is none. */
typedef uint64_t mmc_store_t;

/* A key: 1 .. 256 bytes of UTF-8, not terminated. */
typedef struct {
    const char *data;
    size_t size;
} mmc_key;

/*
 * The buffers of a batch. Entry i is made of layer_counts[i] buffers (1 .. 255), which follow each other in `addresses` and `sizes`, row by
 * row: the bytes of an object are its buffers one behind the other. layer_counts may be NULL: one buffer each.
 */
typedef struct {
    const uint64_t *addresses;
    const uint64_t *sizes;
    const uint32_t *layer_counts;
} mmc_buffers;

/* Where replicas go. replica_count 1 .. 8; preferred ranks are forced, at most replica_count of them. NULL stands for one replica anywhere. */
typedef struct {
    uint32_t replica_count;
    uint32_t preferred_count;
    int32_t preferred[8];
} mmc_replicas;

/*
 * The same with a pin (MMC_PIN_*) and a time to live in milliseconds (0: no end). Pass &terms.replicas where mmc_replicas are asked for, with MMC_PUT_TERMS
 * in replica_count: terms.replicas.replica_count = 1 | MMC_PUT_TERMS.
 */
typedef struct {
    mmc_replicas replicas;
    uint32_t pin;
    uint32_t ttl_ms;
} mmc_put_terms;

#define MMC_PUT_TERMS 0x80000000u

/* What is known of an object. size 0: absent; then everything else is 0 as well. */
typedef struct {
    uint64_t size;
    uint32_t replica_count;
    uint32_t reserved;
    int32_t ranks[8];
    int32_t media[8]; /* 0 HBM, 1 DRAM, 2 SSD */
    uint64_t addresses[8];
} mmc_object_info;

/* Directions of a copy between the process and the pool (L device memory, H host memory, G pool). */
enum { MMC_L2G = 0, MMC_G2L = 1, MMC_G2H = 2, MMC_H2G = 3, MMC_AUTO = 9 };

/*
 * Opens a store. `config`: text of `key = value` lines as in mmc-local.conf, over the defaults; NULL: the file that MMC_LOCAL_CONFIG_PATH names.
 * device_id is kept for logs; contribute 0: a client that provides no memory.
 * MMC_INVALID_PARAMETER: mmc_last_error() names line, key, value and legal range.
 */
int32_t mmc_store_open(const char *config, int32_t device_id, int32_t contribute, mmc_store_t *store);

/* The same with the struct of mmc_def.h. */
int32_t mmc_store_open_with(const local_config *config, int32_t device_id, int32_t contribute, mmc_store_t *store);

/* Ends calls that run, leaves the pool, frees everything. Idempotent: a store that is closed gets 0. */
int32_t mmc_store_close(mmc_store_t store);

/* Rank of this process in *rank; -1 if it contributes no memory or is not connected. */
int32_t mmc_store_rank(mmc_store_t store, int32_t *rank);

/* Memory that transports may touch. On host memory nothing is needed: checked and accepted. */
int32_t mmc_store_register(mmc_store_t store, uint64_t address, uint64_t size);
int32_t mmc_store_unregister(mmc_store_t store, uint64_t address, uint64_t size);

/* Puts: a key that exists keeps its object, and that is 0. `direction`: MMC_L2G, MMC_H2G or MMC_AUTO. */
int32_t mmc_store_put(mmc_store_t store, mmc_key key, const void *data, size_t size, const mmc_replicas *replicas);
int32_t mmc_store_put_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, const mmc_buffers *buffers, int32_t direction,
                            const mmc_replicas *replicas, int32_t *results);

/* Size of one object in *size; MMC_OBJECT_NOT_FOUND if absent. */
int32_t mmc_store_size(mmc_store_t store, mmc_key key, uint64_t *size);

/* Gets an object of at most `room` bytes; its size is in *size, also on MMC_SIZE_MISMATCH (too little room; nothing is read). */
int32_t mmc_store_get(mmc_store_t store, mmc_key key, void *data, size_t room, uint64_t *size);

/* Gets: the buffers of an entry must add up to the object's size, else that entry fails. `direction`: MMC_G2L, MMC_G2H or MMC_AUTO. */
int32_t mmc_store_get_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, const mmc_buffers *buffers, int32_t direction,
                            int32_t *results);

/* Reads a range of each object: as many bytes as its buffers hold, from offsets[i] on. Outside the object: MMC_INVALID_PARAMETER. */
int32_t mmc_store_get_range_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, const uint64_t *offsets,
                                  const mmc_buffers *buffers, int32_t direction, int32_t *results);

/* 1: there and readable, 0: not, negative: an error. The single form returns it. */
int32_t mmc_store_exists(mmc_store_t store, mmc_key key);
int32_t mmc_store_exists_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t *results);

/*
 * Changes how firmly objects that are there stay, and for how long: pin is one of MMC_PIN_*, ttl_ms milliseconds from now (0: no end), or MMC_KEEP.
 * MMC_QUOTA_EXCEEDED: too much has a hard pin; the object is as it was.
 */
int32_t mmc_store_set_priority_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t pin, int32_t ttl_ms, int32_t *results);

int32_t mmc_store_remove(mmc_store_t store, mmc_key key);
int32_t mmc_store_remove_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t *results);
int32_t mmc_store_remove_all(mmc_store_t store);

/* Describes objects without touching their recency. An absent one is size 0, which is not an error. */
int32_t mmc_store_query_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, mmc_object_info *infos);

/*
 * Reserves space that is written by address. addresses[i] > 0: base of the reservation; 0: failed, results[i] says why. An object that exists
 * is refused (MMC_DUPLICATED_OBJECT). lease_ms 0: the configured default; a reservation that is not finished by then comes back.
 */
int32_t mmc_store_alloc_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, const uint64_t *sizes, int32_t medium,
                              uint32_t lease_ms, uint64_t *addresses, int32_t *results);

/*
 * Copies between global addresses (bases or interior ones) and buffers; publishes nothing. The direction must be named (not MMC_AUTO): into the pool
 * only into reservations of this process, out of it only from readable objects. results may be NULL: then the return value is the first failure.
 */
int32_t mmc_store_copy_batch(mmc_store_t store, const uint64_t *global_addresses, uint32_t count, const mmc_buffers *buffers,
                             int32_t direction, int32_t *results);

/* outcomes[i] 0: the object becomes readable; else its reservation is dropped. Idempotent. Unknown key: MMC_KEY_NOT_FOUND. */
int32_t mmc_store_finish_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, const int32_t *outcomes, int32_t *results);

/* A lease keeps an object from eviction. Per process and key: adding renews, one remove releases. lease_ms 0: the configured default. */
int32_t mmc_store_add_lease_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, uint32_t lease_ms, int32_t *results);
int32_t mmc_store_remove_lease_batch(mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t *results);

#ifdef __cplusplus
}
#endif

#endif
