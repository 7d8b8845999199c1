/* Global addresses, leases by key and range reads, as an engine that works layer by layer uses them. */
#include "check.h"

enum { COUNT = 4, LAYERS = 6, LAYER_BYTES = 9000, BYTES = LAYERS * LAYER_BYTES };

static mmc_store_t store;
static char names[COUNT][16];
static mmc_key keys[COUNT];
static uint64_t bases[COUNT];
static uint8_t layer[COUNT][LAYER_BYTES];
static uint64_t pointers[COUNT];
static uint64_t sizes[COUNT];
static int32_t results[COUNT];

static void all(int32_t status, int line) {
    for (int i = 0; i < COUNT; i++) {
        if (results[i] != status) {
            fprintf(stderr, "line %d: entry %d is %d, not %d\n", line, i, (int)results[i], (int)status);
            exit(1);
        }
    }
}

static void check_writing(void) {
    mmc_buffers buffers = {pointers, sizes, NULL};
    int32_t outcomes[COUNT] = {0};
    uint64_t object_sizes[COUNT];
    uint64_t inside[COUNT];
    for (int i = 0; i < COUNT; i++) {
        object_sizes[i] = BYTES;
    }
    CHECK_STATUS(MMC_OK, mmc_store_alloc_batch(store, keys, COUNT, object_sizes, 1, 0, bases, results));
    all(MMC_OK, __LINE__);
    CHECK(bases[0] > 0 && (int64_t)bases[0] > 0 && bases[0] != bases[1]);
    for (uint64_t l = 0; l < LAYERS; l++) {
        for (int i = 0; i < COUNT; i++) {
            fill(layer[i], LAYER_BYTES, (uint64_t)i * LAYERS + l);
            inside[i] = bases[i] + l * LAYER_BYTES;
        }
        CHECK_STATUS(MMC_OK, mmc_store_copy_batch(store, inside, COUNT, &buffers, MMC_H2G, l % 2 == 0 ? results : NULL));
    }
    /* Copying publishes nothing, and a lease is of what can be read. */
    CHECK_STATUS(0, mmc_store_exists(store, keys[0]));
    CHECK_STATUS(MMC_OK, mmc_store_add_lease_batch(store, keys, COUNT, 0, results));
    all(MMC_STATE_MISMATCH, __LINE__);
    CHECK_STATUS(MMC_OK, mmc_store_finish_batch(store, keys, COUNT, outcomes, results));
    all(MMC_OK, __LINE__);
    CHECK_STATUS(MMC_OK, mmc_store_finish_batch(store, keys, COUNT, outcomes, results));
    all(MMC_OK, __LINE__);
    CHECK_STATUS(MMC_OK, mmc_store_alloc_batch(store, keys, COUNT, object_sizes, 1, 0, inside, results));
    all(MMC_DUPLICATED_OBJECT, __LINE__);
    CHECK(inside[0] == 0);
}

static void check_reading(void) {
    mmc_buffers buffers = {pointers, sizes, NULL};
    mmc_object_info infos[COUNT];
    uint64_t inside[COUNT];
    uint64_t offsets[COUNT];
    CHECK_STATUS(MMC_OK, mmc_store_query_batch(store, keys, COUNT, infos));
    CHECK(infos[1].size == BYTES && infos[1].addresses[0] == bases[1]);
    CHECK_STATUS(MMC_OK, mmc_store_add_lease_batch(store, keys, COUNT, 5000, results));
    all(MMC_OK, __LINE__);
    for (uint64_t l = 0; l < LAYERS; l++) {
        for (int i = 0; i < COUNT; i++) {
            memset(layer[i], 0, LAYER_BYTES);
            inside[i] = infos[i].addresses[0] + l * LAYER_BYTES;
            offsets[i] = l * LAYER_BYTES;
        }
        CHECK_STATUS(MMC_OK, mmc_store_copy_batch(store, inside, COUNT, &buffers, MMC_G2H, results));
        for (int i = 0; i < COUNT; i++) {
            CHECK(is_filled(layer[i], LAYER_BYTES, (uint64_t)i * LAYERS + l));
            memset(layer[i], 0, LAYER_BYTES);
        }
        CHECK_STATUS(MMC_OK, mmc_store_get_range_batch(store, keys, COUNT, offsets, &buffers, MMC_G2H, results));
        all(MMC_OK, __LINE__);
        for (int i = 0; i < COUNT; i++) {
            CHECK(is_filled(layer[i], LAYER_BYTES, (uint64_t)i * LAYERS + l));
        }
    }
    offsets[2] = BYTES - 10;
    offsets[3] = UINT64_MAX;
    CHECK_STATUS(MMC_OK, mmc_store_get_range_batch(store, keys, COUNT, offsets, &buffers, MMC_G2H, results));
    CHECK(results[1] == MMC_OK && results[2] == MMC_INVALID_PARAMETER && results[3] == MMC_INVALID_PARAMETER);
    CHECK_STATUS(MMC_OK, mmc_store_remove_lease_batch(store, keys, COUNT, results));
    all(MMC_OK, __LINE__);
}

static void check_refusals(void) {
    mmc_buffers buffers = {pointers, sizes, NULL};
    uint64_t wild[COUNT] = {1, 0, UINT64_MAX, bases[0] + BYTES};
    int32_t dropped[COUNT] = {1, 1, 1, 1};
    uint64_t object_sizes[COUNT] = {100, 0, UINT64_MAX, 100};
    uint64_t addresses[COUNT] = {5, 5, 5, 5};
    mmc_key unknown[COUNT] = {key_of("u-1"), key_of("u-2"), key_of("u-3"), {NULL, 0}};
    CHECK(mmc_store_copy_batch(store, wild, COUNT, &buffers, MMC_G2H, NULL) < 0);
    CHECK_STATUS(MMC_OK, mmc_store_copy_batch(store, wild, COUNT, &buffers, MMC_G2H, results));
    CHECK(results[0] < 0 && results[1] < 0 && results[2] < 0 && results[3] < 0);
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_copy_batch(store, bases, COUNT, &buffers, MMC_AUTO, results));
    /* What is readable is not written. */
    CHECK_STATUS(MMC_OK, mmc_store_copy_batch(store, bases, COUNT, &buffers, MMC_H2G, results));
    CHECK(results[0] < 0);
    CHECK_STATUS(MMC_OK, mmc_store_finish_batch(store, unknown, COUNT, dropped, results));
    CHECK(results[0] == MMC_KEY_NOT_FOUND && results[3] == MMC_INVALID_PARAMETER);
    CHECK_STATUS(MMC_OK, mmc_store_alloc_batch(store, unknown, COUNT, object_sizes, 1, 1000, addresses, results));
    CHECK(results[0] == MMC_OK && addresses[0] != 0 && results[1] < 0 && addresses[1] == 0 && results[2] < 0 && results[3] < 0);
    CHECK_STATUS(MMC_OK, mmc_store_finish_batch(store, unknown, 1, dropped, results));
    CHECK_STATUS(0, mmc_store_exists(store, unknown[0]));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_alloc_batch(store, unknown, COUNT, object_sizes, 9, 0, addresses, results));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_alloc_batch(store, unknown, COUNT, NULL, 1, 0, addresses, results));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_get_range_batch(store, keys, COUNT, NULL, &buffers, MMC_G2H, results));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_finish_batch(store, keys, COUNT, NULL, results));
}

int main(void) {
    store = open_store(1);
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "address-%d", i);
        keys[i] = key_of(names[i]);
        pointers[i] = (uint64_t)(uintptr_t)layer[i];
        sizes[i] = LAYER_BYTES;
    }
    check_writing();
    check_reading();
    check_refusals();
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
