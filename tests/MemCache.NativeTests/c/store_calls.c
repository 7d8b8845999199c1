/* Every call of mmc_store.h, once with what it is for and once with what it refuses. */
#include "check.h"

enum { COUNT = 5, LAYERS = 3, LAYER_BYTES = 5000 };

static mmc_store_t store;

static void check_single(void) {
    uint8_t value[1000];
    uint8_t read[1000] = {0};
    uint64_t size = 77;
    mmc_key key = key_of("single");
    fill(value, sizeof value, 1);
    CHECK_STATUS(0, mmc_store_exists(store, key));
    CHECK_STATUS(MMC_OBJECT_NOT_FOUND, mmc_store_get(store, key, read, sizeof read, &size));
    CHECK(size == 0 && mmc_last_error()[0] != '\0');
    CHECK_STATUS(MMC_OBJECT_NOT_FOUND, mmc_store_size(store, key, &size));
    CHECK_STATUS(MMC_OK, mmc_store_put(store, key, value, sizeof value, NULL));
    CHECK(mmc_last_error()[0] == '\0');
    CHECK_STATUS(1, mmc_store_exists(store, key));
    CHECK_STATUS(MMC_OK, mmc_store_size(store, key, &size));
    CHECK(size == sizeof value);
    CHECK_STATUS(MMC_SIZE_MISMATCH, mmc_store_get(store, key, read, 10, &size));
    CHECK(size == sizeof value && read[0] == 0);
    CHECK_STATUS(MMC_SIZE_MISMATCH, mmc_store_get(store, key, NULL, 0, &size));
    CHECK_STATUS(MMC_OK, mmc_store_get(store, key, read, sizeof read, &size));
    CHECK(size == sizeof value && is_filled(read, sizeof read, 1));
    /* The first value stays. */
    fill(value, sizeof value, 2);
    CHECK_STATUS(MMC_OK, mmc_store_put(store, key, value, sizeof value, NULL));
    CHECK_STATUS(MMC_OK, mmc_store_get(store, key, read, sizeof read, &size));
    CHECK(is_filled(read, sizeof read, 1));
    CHECK_STATUS(MMC_OK, mmc_store_remove(store, key));
    CHECK_STATUS(MMC_OBJECT_NOT_FOUND, mmc_store_remove(store, key));
}

static void check_batches(void) {
    static uint8_t values[COUNT][LAYERS][LAYER_BYTES];
    static uint8_t reads[COUNT][LAYERS][LAYER_BYTES];
    char names[COUNT][16];
    mmc_key keys[COUNT];
    uint64_t from[COUNT * LAYERS];
    uint64_t to[COUNT * LAYERS];
    uint64_t sizes[COUNT * LAYERS];
    uint32_t layers[COUNT];
    int32_t results[COUNT];
    mmc_object_info infos[COUNT];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "batch-%d", i);
        keys[i] = key_of(names[i]);
        layers[i] = LAYERS;
        for (int l = 0; l < LAYERS; l++) {
            fill(values[i][l], LAYER_BYTES, (uint64_t)(100 + i * LAYERS + l));
            from[i * LAYERS + l] = (uint64_t)(uintptr_t)values[i][l];
            to[i * LAYERS + l] = (uint64_t)(uintptr_t)reads[i][l];
            sizes[i * LAYERS + l] = LAYER_BYTES;
        }
    }
    mmc_buffers source = {from, sizes, layers};
    mmc_buffers target = {to, sizes, layers};
    mmc_replicas replicas = {1, 0, {0}};
    /* An illegal entry fails alone. */
    keys[2].size = 0;
    CHECK_STATUS(MMC_OK, mmc_store_put_batch(store, keys, COUNT, &source, MMC_H2G, &replicas, results));
    for (int i = 0; i < COUNT; i++) {
        CHECK(results[i] == (i == 2 ? MMC_INVALID_PARAMETER : MMC_OK));
    }
    CHECK_STATUS(MMC_OK, mmc_store_exists_batch(store, keys, COUNT, results));
    for (int i = 0; i < COUNT; i++) {
        CHECK(results[i] == (i == 2 ? MMC_INVALID_PARAMETER : 1));
    }
    keys[2] = key_of("never-put");
    CHECK_STATUS(MMC_OK, mmc_store_exists_batch(store, keys, COUNT, results));
    CHECK(results[2] == 0 && results[3] == 1);
    sizes[1] = 1;
    CHECK_STATUS(MMC_OK, mmc_store_get_batch(store, keys, COUNT, &target, MMC_G2H, results));
    CHECK(results[0] == MMC_SIZE_MISMATCH && results[2] == MMC_OBJECT_NOT_FOUND && results[4] == MMC_OK);
    sizes[1] = LAYER_BYTES;
    CHECK_STATUS(MMC_OK, mmc_store_get_batch(store, keys, COUNT, &target, MMC_AUTO, results));
    for (int i = 0; i < COUNT; i++) {
        CHECK(results[i] == (i == 2 ? MMC_OBJECT_NOT_FOUND : MMC_OK));
        CHECK(i == 2 || memcmp(values[i], reads[i], sizeof values[i]) == 0);
    }
    CHECK_STATUS(MMC_OK, mmc_store_query_batch(store, keys, COUNT, infos));
    CHECK(infos[2].size == 0 && infos[2].replica_count == 0);
    CHECK(infos[4].size == LAYERS * LAYER_BYTES && infos[4].replica_count == 1 && infos[4].media[0] == 1);
    CHECK_STATUS(MMC_OK, mmc_store_remove_batch(store, keys, COUNT, results));
    CHECK(results[0] == MMC_OK && results[2] == MMC_OBJECT_NOT_FOUND);
    /* A batch without layer counts has one buffer an entry. */
    mmc_buffers flat = {from, sizes, NULL};
    CHECK_STATUS(MMC_OK, mmc_store_put_batch(store, keys, COUNT, &flat, MMC_L2G, NULL, results));
    CHECK_STATUS(MMC_OK, mmc_store_query_batch(store, keys, COUNT, infos));
    CHECK(infos[0].size == LAYER_BYTES);
    CHECK_STATUS(MMC_OK, mmc_store_remove_all(store));
    CHECK_STATUS(MMC_OK, mmc_store_exists_batch(store, keys, COUNT, results));
    CHECK(results[0] == 0);
}

static void check_refusals(void) {
    uint8_t byte = 1;
    uint64_t size = 0;
    uint64_t address = (uint64_t)(uintptr_t)&byte;
    uint64_t one = 1;
    int32_t result = 5;
    int32_t rank = 5;
    mmc_key key = key_of("refused");
    mmc_key nothing = {NULL, 3};
    mmc_buffers buffers = {&address, &one, NULL};
    mmc_replicas nine = {9, 0, {0}};
    mmc_replicas twice = {2, 2, {1, 1}};
    mmc_store_t other = 9;
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_open("ock.mmc.local_service.dram.size = much\n", 0, 1, &other));
    CHECK(other == 0 && strstr(mmc_last_error(), "config:1: 'ock.mmc.local_service.dram.size' = 'much'") != NULL);
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_open(pool_config(), 0, 1, NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_put(store, nothing, &byte, 1, NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_put(store, key, NULL, 1, NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_put(store, key, &byte, 0, NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_put(store, key, &byte, 1, &nine));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_put(store, key, &byte, 1, &twice));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_get(store, key, &byte, 1, NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_get(store, key, NULL, 1, &size));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_exists(store, nothing));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_put_batch(store, &key, 1, &buffers, MMC_G2H, NULL, &result));
    CHECK(result == MMC_INVALID_PARAMETER);
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_get_batch(store, &key, 1, &buffers, MMC_H2G, &result));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_get_batch(store, NULL, 1, &buffers, MMC_G2H, &result));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_get_batch(store, &key, 1, NULL, MMC_G2H, &result));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_exists_batch(store, &key, 1, NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_exists_batch(store, &key, 16385, &result));
    CHECK_STATUS(MMC_OK, mmc_store_exists_batch(store, NULL, 0, NULL));
    CHECK_STATUS(MMC_OK, mmc_store_register(store, address, 1));
    CHECK_STATUS(MMC_OK, mmc_store_unregister(store, address, 1));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_register(store, 0, 1));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_register(store, UINT64_MAX, 2));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_store_rank(store, NULL));
    CHECK_STATUS(MMC_OK, mmc_store_rank(store, &rank));
    CHECK(rank == 0);
    CHECK(strcmp(mmc_status_text(MMC_OK), "Done.") == 0 && mmc_status_text(12345)[0] != '\0');
    CHECK(mmc_version()[0] >= '0' && mmc_version()[0] <= '9');
}

int main(void) {
    store = open_store(1);
    check_single();
    check_batches();
    check_refusals();
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    CHECK_STATUS(MMC_NOT_INITIALISED, mmc_store_exists(store, key_of("x")));
    return 0;
}
