/* MemCache's classic C surface: one store per process. All functions return a status (mmc_status.h) and may be called from any thread. */
#ifndef MMC_H
#define MMC_H

#include "mmc_client.h"
#include "mmc_def.h"
#include "mmc_log.h"
#include "mmc_service.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Says how the store is to be opened; without it the file that MMC_LOCAL_CONFIG_PATH names says it. What is not legal is MMC_INVALID_PARAMETER, and
 * mmc_last_error() names key, value and legal range. Takes effect when the store is opened next.
 */
int32_t mmc_setup(const local_config *config);

/* Opens the store. Already open: 0, or MMC_REPEATED_CALL if it was opened without memory and now is to have some. */
int32_t mmc_init(const mmc_init_config *config);

/* Closes the store, whoever opened it. Idempotent. */
int32_t mmc_uninit(void);

#ifdef __cplusplus
}
#endif

#endif
