/* What the test programs share: checks that end the program with a line that says what was expected, and the pool they join. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmc_store.h"

#define CHECK(condition)                                                                                                      \
    do {                                                                                                                      \
        if (!(condition)) {                                                                                                   \
            fprintf(stderr, "%s:%d: not so: %s (last error: %s)\n", __FILE__, __LINE__, #condition, mmc_last_error());        \
            exit(1);                                                                                                          \
        }                                                                                                                     \
    } while (0)

#define CHECK_STATUS(expected, call)                                                                                          \
    do {                                                                                                                      \
        int32_t check_actual = (call);                                                                                        \
        if (check_actual != (expected)) {                                                                                     \
            fprintf(stderr, "%s:%d: %s is %d, not %s (last error: %s)\n", __FILE__, __LINE__, #call, (int)check_actual,       \
                    #expected, mmc_last_error());                                                                             \
            exit(1);                                                                                                          \
        }                                                                                                                     \
    } while (0)

/* Lines of configuration of the pool that the test has made; the test sets the variable. */
static inline const char *pool_config(void) {
    const char *config = getenv("MMC_TEST_CONFIG");
    if (config == NULL) {
        fprintf(stderr, "MMC_TEST_CONFIG is not set\n");
        exit(2);
    }
    return config;
}

static inline mmc_store_t open_store(int contribute) {
    mmc_store_t store = 0;
    CHECK_STATUS(MMC_OK, mmc_store_open(pool_config(), 0, contribute, &store));
    CHECK(store != 0);
    return store;
}

static inline mmc_key key_of(const char *text) {
    mmc_key key = {text, strlen(text)};
    return key;
}

static inline double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Bytes that follow from a seed, so that a mix-up shows. */
static inline void fill(uint8_t *bytes, size_t size, uint64_t seed) {
    uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
    for (size_t i = 0; i < size; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = (uint8_t)state;
    }
}

static inline int is_filled(const uint8_t *bytes, size_t size, uint64_t seed) {
    uint8_t *expected = (uint8_t *)malloc(size);
    fill(expected, size, seed);
    int same = memcmp(bytes, expected, size) == 0;
    free(expected);
    return same;
}

#endif
