/* Services that a program may start: the MetaService as a process, and this process's own memory in the pool. */
#ifndef MMC_SERVICE_H
#define MMC_SERVICE_H

#include "mmc_def.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Starts mmc_meta_service as a process of its own and returns when it accepts connections (MMC_TIMEOUT after 30 s). NULL: as the file that
 * MMC_META_CONFIG_PATH names says. The program is MMC_META_SERVICE_PATH, else it lies beside this library or in ../bin. A second start before a stop
 * is MMC_REPEATED_CALL. The process goes on when this one ends without stopping it.
 */
int32_t mmcs_meta_service_start(const mmc_meta_config *config);

/* Asks it to end, waits at most 10 s, then kills it. Idempotent. */
int32_t mmcs_meta_service_stop(void);

/* Opens the store of this process with memory. NULL: as mmc_setup or the configuration file says. */
int32_t mmcs_local_service_start(const local_config *config);

/* Closes the store, unless mmc_init or mmcc_init has opened it as well. Idempotent. */
int32_t mmcs_local_service_stop(void);

#ifdef __cplusplus
}
#endif

#endif
