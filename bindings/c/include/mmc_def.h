/*
 * Types of MemCache's classic C surface: mmc.h, mmc_client.h and mmc_service.h, which work on one store per process.
 * Several stores, statuses per entry, buffers in layers: mmc_store.h.
 */
#ifndef MMC_DEF_H
#define MMC_DEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmc_status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MMC_KEY_BYTES_MAX 256
#define MMC_REPLICA_COUNT_MAX 8

/* Media, in mmc_buffer.type, mmc_put_options.mediaType and mmc_data_info.types. */
enum { MMC_MEDIUM_HBM = 0, MMC_MEDIUM_DRAM = 1, MMC_MEDIUM_SSD = 2 };

/* How firmly an object stays: MMC_PIN_SOFT goes when nothing without a pin is left, MMC_PIN_HARD never. */
enum { MMC_PIN_NONE = 0, MMC_PIN_SOFT = 1, MMC_PIN_HARD = 2 };

/* As a pin or a time to live: leave it as it is. */
enum { MMC_KEEP = -1 };

/* A range of this process's memory: `len` bytes from addr + offset on. `type` is a medium; host memory is MMC_MEDIUM_DRAM. */
typedef struct {
    uint64_t addr;
    uint32_t type;
    uint64_t offset;
    uint64_t len;
} mmc_buffer;

/*
 * What a put makes. replicaNum 0 stands for 1. Of preferredLocalServiceIDs the first replicaNum entries count: ranks that placement must use; a
 * negative one is none. mediaType and policy are taken and have no effect: objects go to DRAM.
 */
typedef struct {
    uint16_t mediaType;
    int policy;
    uint16_t replicaNum;
    int32_t preferredLocalServiceIDs[MMC_REPLICA_COUNT_MAX];
} mmc_put_options;

/* One replica, anywhere: mmc_put_options options = MMC_PUT_OPTIONS_DEFAULT; */
#define MMC_PUT_OPTIONS_DEFAULT {MMC_MEDIUM_DRAM, 0, 1, {-1, -1, -1, -1, -1, -1, -1, -1}}

/* What is known of an object; valid false: it is absent, and everything else is 0. */
typedef struct {
    uint64_t size;
    uint16_t prot;
    uint8_t numBlobs;
    bool valid;
    uint32_t ranks[MMC_REPLICA_COUNT_MAX];
    uint16_t types[MMC_REPLICA_COUNT_MAX];
} mmc_data_info;

/* deviceId is kept for logs; initBm false: a client that provides no memory. */
typedef struct {
    uint32_t deviceId;
    bool initBm;
} mmc_init_config;

/* One group of TLS settings. Texts end with a 0 byte unless they fill their array. */
typedef struct {
    int32_t enable;
    char ca_path[256];
    char ca_crl_path[256];
    char cert_path[256];
    char key_path[256];
    char key_pass_path[256];
    char package_path[256];
    char decrypter_path[256];
} mmc_tls_config;

/*
 * Configuration of this process: the keys of mmc-local.conf, under the same names. Fill it with mmc_local_config_init first. An empty text stands
 * for the default. Sizes are texts such as "1GB".
 */
typedef struct {
    char meta_service_url[256];
    char config_store_url[256];
    char log_level[16];
    char protocol[32];
    char hcom_url[256];
    char dram_size[32];
    char hbm_size[32];
    char max_dram_size[32];
    char max_hbm_size[32];
    char memory_pool_mode[32];
    int32_t world_size;
    int32_t client_retry_milliseconds;
    int32_t client_timeout_seconds;
    int32_t read_thread_pool_size;
    int32_t write_thread_pool_size;
    int32_t aggregate_io;
    int32_t aggregate_num;
    int32_t ubs_io_enable;
    mmc_tls_config tls;
    mmc_tls_config config_store_tls;
    mmc_tls_config hcom_tls;
    /* Further lines of `key = value`, applied last; NULL: none. Only read during the call. */
    const char *settings;
} local_config;

/* Configuration of the MetaService: the keys of mmc-meta.conf, under the same names. Fill it with mmc_meta_config_init first. */
typedef struct {
    char meta_service_url[256];
    char config_store_url[256];
    char metrics_url[256];
    char log_level[16];
    char log_path[1024];
    int32_t log_rotation_file_size;
    int32_t log_rotation_file_count;
    int32_t ha_enable;
    int32_t evict_threshold_high;
    int32_t evict_threshold_low;
    int32_t ubs_io_enable;
    mmc_tls_config tls;
    mmc_tls_config config_store_tls;
    /* Further lines of `key = value`, applied last; NULL: none. Only read during the call. */
    const char *settings;
} mmc_meta_config;

/* Fill a configuration with the defaults. */
int32_t mmc_local_config_init(local_config *config);
int32_t mmc_meta_config_init(mmc_meta_config *config);

#ifdef __cplusplus
}
#endif

#endif
