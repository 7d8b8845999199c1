/*
 * Calls on the store of this process. Keys are 1 .. 256 bytes of UTF-8 and end with a 0 byte. `flags` of a put is a pin (MMC_PIN_SOFT, MMC_PIN_HARD), else it is reserved: 0. An object that is absent is
 * MMC_KEY_NOT_FOUND in every call. Batches take 1 .. 16384 keys; each entry gets its own result, and the return value is that of the call: 0 if it was
 * carried out, whatever became of its entries. Without a store every call is MMC_CLIENT_NOT_INITIALISED.
 */
#ifndef MMC_CLIENT_H
#define MMC_CLIENT_H

#include "mmc_def.h"

#ifdef __cplusplus
extern "C" {
#define MMC_REFERENCE(type) type &
#else
/* C passes what C++ takes by reference as a pointer; to the machine that is the same. */
#define MMC_REFERENCE(type) type *
#endif

/* Opens the store of this process without memory, if it is not open. NULL: as mmc_setup or the configuration file says. */
int32_t mmcc_init(const local_config *config);

/* Closes the store, unless mmc_init or mmcs_local_service_start has opened it. Idempotent. */
int32_t mmcc_uninit(void);

/* Memory that transports may touch. On host memory nothing is needed: checked and accepted. */
int32_t mmcc_register_buffer(uint64_t addr, uint64_t size);
int32_t mmcc_unregister_buffer(uint64_t addr, uint64_t size);

/* Stores an object; a key that exists keeps its object, and that is 0. */
int32_t mmcc_put(const char *key, mmc_buffer *buf, mmc_put_options options, uint32_t flags);
int32_t mmcc_batch_put(const char **keys, uint32_t keys_count, const mmc_buffer *bufs, MMC_REFERENCE(mmc_put_options) options, uint32_t flags,
                       int *results);

/* Reads an object into a buffer of exactly its size. */
int32_t mmcc_get(const char *key, mmc_buffer *buf, uint32_t flags);
int32_t mmcc_batch_get(const char **keys, uint32_t keys_count, mmc_buffer *bufs, uint32_t flags, int *results);

/*
 * Changes how firmly objects that are there stay, and for how long: pin is one of MMC_PIN_*, ttl_ms milliseconds from now (0: no end), or MMC_KEEP.
 * MMC_QUOTA_EXCEEDED: too much has a hard pin; the object is as it was.
 */
int32_t mmcc_set_priority(const char *key, int32_t pin, int32_t ttl_ms, uint32_t flags);
int32_t mmcc_batch_set_priority(const char **keys, uint32_t keys_count, int32_t pin, int32_t ttl_ms, int32_t *results, uint32_t flags);

int32_t mmcc_remove(const char *key, uint32_t flags);
int32_t mmcc_batch_remove(const char **keys, uint32_t keys_count, int32_t *remove_results, uint32_t flags);

/* 0: there and readable, MMC_KEY_NOT_FOUND: not. */
int32_t mmcc_exist(const char *key, uint32_t flags);
int32_t mmcc_batch_exist(const char **keys, uint32_t keys_count, int32_t *exist_results, uint32_t flags);

/* Describes objects without touching their recency. */
int32_t mmcc_query(const char *key, mmc_data_info *info, uint32_t flags);
int32_t mmcc_batch_query(const char **keys, size_t keys_count, mmc_data_info *infos, uint32_t flags);

/* Rank of this process; MMC_NOT_CONNECTED_TO_LOCAL if it contributes no memory or is not connected. */
int32_t mmcc_local_service_id(uint32_t *id);

#ifdef __cplusplus
}
#endif

#endif
