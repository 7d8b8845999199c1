/* What concerns the library as a whole: its log, its errors as text, its version. */
#ifndef MMC_LOG_H
#define MMC_LOG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Severities: 0 debug, 1 info, 2 warn, 3 error. The text is only valid during the call, which may come from any thread, also the library's own. */
typedef void (*mmc_logger)(int level, const char *text);

/* Takes what the library has to say; NULL, as at first: it is silent. Stays callable until every store is closed. */
int32_t mmc_set_extern_logger(mmc_logger logger);

/* Least severity that is logged, for all stores; until then each store's log_level counts. */
int32_t mmc_set_log_level(int32_t level);

/* What a status means, as a sentence; never NULL, valid for ever. */
const char *mmc_status_text(int32_t status);

/* Why the last call of this thread failed, as a sentence; "" if it did not. Valid until this thread's next call. */
const char *mmc_last_error(void);

/* MemCache's version, such as "0.1.0". */
const char *mmc_version(void);

#ifdef __cplusplus
}
#endif

#endif
