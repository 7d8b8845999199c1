/* Silent until the host takes the log; then each line arrives with its level, and what is below the level does not. */
#include <pthread.h>

#include "check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int lines[4];
static int joined;

static void take(int level, const char *text) {
    pthread_mutex_lock(&lock);
    CHECK(level >= 0 && level < 4 && text[0] != '\0');
    lines[level]++;
    joined |= strstr(text, "joined as rank") != NULL;
    pthread_mutex_unlock(&lock);
}

int main(void) {
    mmc_store_t store = open_store(1);
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    CHECK(lines[0] + lines[1] + lines[2] + lines[3] == 0);
    CHECK_STATUS(MMC_OK, mmc_set_extern_logger(take));
    store = open_store(1);
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    CHECK(joined && lines[1] > 0 && lines[0] == 0);
    int infos = lines[1];
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_set_log_level(4));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_set_log_level(-1));
    CHECK_STATUS(MMC_OK, mmc_set_log_level(3));
    store = open_store(1);
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    CHECK(lines[1] == infos);
    CHECK_STATUS(MMC_OK, mmc_set_extern_logger(NULL));
    return 0;
}
