/* Many threads on one store: each puts, reads and removes objects of its own, and reads those of its neighbour. */
#include <pthread.h>

#include "check.h"

enum { THREADS = 24, ROUNDS = 40, BYTES = 20000 };

static mmc_store_t store;

static void *work(void *argument) {
    int me = (int)(intptr_t)argument;
    uint8_t *value = malloc(BYTES);
    uint8_t *read = malloc(BYTES);
    char name[64];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t size = 0;
        uint64_t seed = (uint64_t)(me * 1000 + round);
        snprintf(name, sizeof name, "thread-%d-%d", me, round);
        fill(value, BYTES, seed);
        CHECK_STATUS(MMC_OK, mmc_store_put(store, key_of(name), value, BYTES, NULL));
        CHECK_STATUS(MMC_OK, mmc_store_get(store, key_of(name), read, BYTES, &size));
        CHECK(size == BYTES && memcmp(value, read, BYTES) == 0);
        /* What a neighbour has may come and go, but it is never something else. */
        int neighbour = (me + 1) % THREADS;
        snprintf(name, sizeof name, "thread-%d-%d", neighbour, round);
        int32_t status = mmc_store_get(store, key_of(name), read, BYTES, &size);
        CHECK(status == MMC_OBJECT_NOT_FOUND || status == MMC_BLOB_CHANGED || status == MMC_OK);
        CHECK(status != MMC_OK || is_filled(read, BYTES, (uint64_t)(neighbour * 1000 + round)));
        /* A failure's text belongs to its thread. */
        CHECK_STATUS(MMC_NOT_INITIALISED, mmc_store_exists(1, key_of(name)));
        CHECK(strstr(mmc_last_error(), "initialised") != NULL);
        snprintf(name, sizeof name, "thread-%d-%d", me, round);
        CHECK_STATUS(MMC_OK, mmc_store_remove(store, key_of(name)));
    }
    free(value);
    free(read);
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    store = open_store(1);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
