/*
 * What bench.py compares Python with: loops of calls in C, loaded into the same process and on the same store, so
 * that the connection, the
 * MetaService's thread behind it and the caches are those of the calls from Python.
 */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>

#include "mmc_store.h"

#define KEY_COUNT_MAX 256

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Seconds for `calls` calls; negative: one did not answer 1. */
double bench_exists(mmc_store_t store, const char *text, int calls)
{
    const mmc_key key = {text, strlen(text)};
    double begun = seconds();
    for (int i = 0; i < calls; i++) {
        if (mmc_store_exists(store, key) != 1)
            return -1;
    }
    return seconds() - begun;
}

/* The same for a batch; `texts` are keys that end with a line feed. */
double bench_exists_batch(mmc_store_t store, const char *texts, int calls)
{
    mmc_key keys[KEY_COUNT_MAX];
    int32_t results[KEY_COUNT_MAX];
    uint32_t count = 0;
    for (const char *end; count < KEY_COUNT_MAX && (end = strchr(texts, '\n')) != NULL; texts = end + 1) {
        keys[count].data = texts;
        keys[count++].size = (size_t)(end - texts);
    }
    double begun = seconds();
    for (int i = 0; i < calls; i++) {
        if (mmc_store_exists_batch(store, keys, count, results) != MMC_OK || results[count - 1] != 1)
            return -1;
    }
    return seconds() - begun;
}
