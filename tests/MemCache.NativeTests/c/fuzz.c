/*
 * Random arguments to every function: handles, NULLs, counts, sizes, directions, keys. Only what the headers demand is kept to: a pointer that is not
 * NULL is valid for as many entries as its count says. Whatever comes, the process lives and every result is a known status.
 */
#include <unistd.h>

#include "check.h"
#include "mmc.h"

enum { ENTRIES = 64, LAYERS = 4, AREA = 1 << 16 };

static uint64_t state;
static mmc_store_t stores[4];
static uint8_t area[AREA];

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545F4914F6CDD1Du;
}

static uint64_t below(uint64_t bound) {
    return next() % bound;
}

static int one_in(uint64_t n) {
    return below(n) == 0;
}

static mmc_store_t any_store(void) {
    return one_in(8) ? next() : stores[below(4)];
}

/* A count that the arrays have room for, or one that no batch may have. */
static uint32_t any_count(void) {
    return one_in(10) ? 16385 + (uint32_t)below(UINT32_MAX - 16385) : (uint32_t)below(ENTRIES + 1);
}

static char key_bytes[512];

static mmc_key any_key(void) {
    mmc_key key = {key_bytes + below(16), below(20)};
    if (one_in(8)) {
        key.size = below(sizeof key_bytes - 16);
    }
    if (one_in(16)) {
        key.data = NULL;
        key.size = next();
    }
    return key;
}

static const char *any_text(void) {
    static char texts[8][300];
    char *text = texts[below(8)];
    size_t length = one_in(8) ? below(299) : below(8);
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)(1 + below(255));
    }
    text[length] = '\0';
    return one_in(16) ? NULL : text;
}

static mmc_key keys[ENTRIES];
static const char *texts[ENTRIES];
static uint64_t addresses[ENTRIES * LAYERS];
static uint64_t sizes[ENTRIES * LAYERS];
static uint64_t offsets[ENTRIES];
static uint32_t layers[ENTRIES];
static int32_t outcomes[ENTRIES];
static int32_t results[ENTRIES];
static mmc_buffer buffers[ENTRIES];

static void any_range(uint64_t *address, uint64_t *size) {
    uint64_t begin = below(AREA);
    *address = (uint64_t)(uintptr_t)(area + begin);
    *size = one_in(4) ? below(AREA - begin) : below(100) < AREA - begin ? below(100) % (AREA - begin) : 1;
    if (one_in(12)) {
        *address = 0;
        *size = next();
    }
    if (one_in(12)) {
        /* No object is so large, and no room: refused before it is touched. */
        *size = UINT64_MAX - below(1000);
    }
}

static void any_batch(void) {
    for (int i = 0; i < ENTRIES; i++) {
        keys[i] = any_key();
        texts[i] = any_text();
        layers[i] = (uint32_t)below(LAYERS + 1);
        offsets[i] = one_in(4) ? next() : below(1000);
        outcomes[i] = (int32_t)below(2);
        any_range(&buffers[i].addr, &buffers[i].len);
        buffers[i].type = (uint32_t)next();
        buffers[i].offset = one_in(8) ? next() | (1ull << 63) : 0;
        if (buffers[i].offset != 0) {
            buffers[i].addr = UINT64_MAX - below(1000);
        }
    }
    for (int i = 0; i < ENTRIES * LAYERS; i++) {
        any_range(&addresses[i], &sizes[i]);
    }
}

static int32_t any_direction(void) {
    return one_in(6) ? (int32_t)next() : (int32_t[]){MMC_L2G, MMC_G2L, MMC_G2H, MMC_H2G, MMC_AUTO}[below(5)];
}

static mmc_replicas *any_replicas(mmc_replicas *replicas) {
    replicas->replica_count = one_in(6) ? (uint32_t)next() : 1;
    replicas->preferred_count = one_in(6) ? (uint32_t)next() : (uint32_t)below(2);
    for (int i = 0; i < 8; i++) {
        replicas->preferred[i] = one_in(6) ? (int32_t)next() : 0;
    }
    return one_in(3) ? NULL : replicas;
}

#define OR_NULL(pointer) (one_in(20) ? NULL : (pointer))

static int32_t call_store(uint64_t which) {
    mmc_replicas replicas;
    mmc_object_info infos[ENTRIES];
    mmc_buffers batch = {OR_NULL(addresses), OR_NULL(sizes), one_in(3) ? NULL : layers};
    uint64_t global[ENTRIES];
    uint64_t address = 0;
    uint64_t size = 0;
    int32_t rank = 0;
    mmc_store_t store = any_store();
    any_range(&address, &size);
    if (address + size < address || size > AREA) {
        size = 0;
    }
    switch (which) {
    case 0: return mmc_store_rank(store, OR_NULL(&rank));
    case 1: return mmc_store_register(store, next(), next());
    case 2: return mmc_store_unregister(store, next(), next());
    case 3: return mmc_store_put(store, any_key(), (void *)(uintptr_t)address, address == 0 ? next() : size, any_replicas(&replicas));
    case 4: return mmc_store_size(store, any_key(), OR_NULL(&size));
    case 5: return mmc_store_get(store, any_key(), (void *)(uintptr_t)address, address == 0 ? next() : size, OR_NULL(&size));
    case 6: return mmc_store_exists(store, any_key());
    case 7: return mmc_store_remove(store, any_key());
    case 8: return one_in(50) ? mmc_store_remove_all(store) : 0;
    case 9:
        return mmc_store_put_batch(store, OR_NULL(keys), any_count(), OR_NULL(&batch), any_direction(), any_replicas(&replicas),
                                   OR_NULL(results));
    case 10: return mmc_store_get_batch(store, OR_NULL(keys), any_count(), OR_NULL(&batch), any_direction(), OR_NULL(results));
    case 11:
        return mmc_store_get_range_batch(store, OR_NULL(keys), any_count(), OR_NULL(offsets), OR_NULL(&batch), any_direction(),
                                         OR_NULL(results));
    case 12: return mmc_store_exists_batch(store, OR_NULL(keys), any_count(), OR_NULL(results));
    case 13: return mmc_store_remove_batch(store, OR_NULL(keys), any_count(), OR_NULL(results));
    case 14: return mmc_store_query_batch(store, OR_NULL(keys), any_count(), OR_NULL(infos));
    case 15:
        return mmc_store_alloc_batch(store, OR_NULL(keys), any_count(), OR_NULL(sizes), (int32_t)below(4), (uint32_t)next(),
                                     OR_NULL(global), OR_NULL(results));
    case 16:
        return mmc_store_copy_batch(store, OR_NULL(offsets), any_count(), OR_NULL(&batch), any_direction(), OR_NULL(results));
    case 17: return mmc_store_finish_batch(store, OR_NULL(keys), any_count(), OR_NULL(outcomes), OR_NULL(results));
    case 18: return mmc_store_add_lease_batch(store, OR_NULL(keys), any_count(), (uint32_t)next(), OR_NULL(results));
    default: return mmc_store_remove_lease_batch(store, OR_NULL(keys), any_count(), OR_NULL(results));
    }
}

static int32_t call_classic(uint64_t which) {
    mmc_put_options options = MMC_PUT_OPTIONS_DEFAULT;
    mmc_data_info infos[ENTRIES];
    uint32_t id = 0;
    options.replicaNum = one_in(4) ? (uint16_t)next() : 1;
    options.preferredLocalServiceIDs[0] = one_in(4) ? (int32_t)next() : -1;
    switch (which) {
    case 0: return mmcc_register_buffer(next(), next());
    case 1: return mmcc_unregister_buffer(next(), next());
    case 2: return mmcc_put(any_text(), OR_NULL(&buffers[0]), options, (uint32_t)next());
    case 3: return mmcc_get(any_text(), OR_NULL(&buffers[1]), (uint32_t)next());
    case 4: return mmcc_batch_put(OR_NULL(texts), any_count(), OR_NULL(buffers), OR_NULL(&options), 0, OR_NULL(results));
    case 5: return mmcc_batch_get(OR_NULL(texts), any_count(), OR_NULL(buffers), 0, OR_NULL(results));
    case 6: return mmcc_remove(any_text(), 0);
    case 7: return mmcc_batch_remove(OR_NULL(texts), any_count(), OR_NULL(results), 0);
    case 8: return mmcc_exist(any_text(), 0);
    case 9: return mmcc_batch_exist(OR_NULL(texts), any_count(), OR_NULL(results), 0);
    case 10: return mmcc_query(any_text(), OR_NULL(infos), 0);
    case 11: return mmcc_batch_query(OR_NULL(texts), any_count(), OR_NULL(infos), 0);
    case 12: return mmcc_local_service_id(OR_NULL(&id));
    case 13: return one_in(8) ? mmc_set_log_level((int32_t)next()) : mmc_set_log_level((int32_t)below(4));
    default: return mmc_status_text((int32_t)next())[0] == '\0' ? -1 : 0;
    }
}

static int32_t call_opening(void) {
    static local_config config;
    mmc_store_t store = 0;
    char lines[400];
    snprintf(lines, sizeof lines, "%s = %s\n%.150s", "ock.mmc.client.timeout.seconds", any_text() == NULL ? "1" : "x", texts[0] ? texts[0] : "");
    for (size_t i = 0; i < sizeof config; i++) {
        ((uint8_t *)&config)[i] = (uint8_t)next();
    }
    config.settings = any_text();
    switch (below(4)) {
    case 0: return mmc_setup(OR_NULL(&config));
    case 1: return mmcc_init(&config);
    case 2: return mmcs_local_service_start(&config);
    default: {
        int32_t status = mmc_store_open(lines, (int32_t)next(), (int32_t)below(2), OR_NULL(&store));
        return store != 0 ? mmc_store_close(store) : status;
    }
    }
}

/* 1, 0, or a status that has a name. */
static int is_known(int32_t status) {
    return status == 1 || strcmp(mmc_status_text(status), "Unknown status.") != 0;
}

int main(int count, char **arguments) {
    uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
    double seconds = count > 2 ? atof(arguments[2]) : 5;
    local_config config;
    mmc_init_config init = {0, true};
    state = seed * 0x9E3779B97F4A7C15u + 1;
    for (size_t i = 0; i < sizeof key_bytes; i++) {
        key_bytes[i] = (char)('a' + i % 7);
    }
    stores[0] = open_store(1);
    stores[1] = open_store(0);
    stores[2] = open_store(0);
    CHECK_STATUS(MMC_OK, mmc_store_close(stores[2]));
    CHECK_STATUS(MMC_OK, mmc_local_config_init(&config));
    config.settings = pool_config();
    CHECK_STATUS(MMC_OK, mmc_setup(&config));
    CHECK_STATUS(MMC_OK, mmc_init(&init));
    uint64_t calls = 0;
    for (double begin = seconds_now(); seconds_now() - begin < seconds; calls++) {
        any_batch();
        uint64_t which = below(200);
        int32_t status = which < 130 ? call_store(which % 20) : which < 198 ? call_classic(which % 15) : call_opening();
        if (!is_known(status)) {
            fprintf(stderr, "seed %llu, call %llu (%llu) returned %d\n", (unsigned long long)seed, (unsigned long long)calls,
                    (unsigned long long)which, (int)status);
            return 1;
        }
    }
    CHECK_STATUS(MMC_OK, mmc_uninit());
    CHECK_STATUS(MMC_OK, mmc_store_close(stores[0]));
    CHECK_STATUS(MMC_OK, mmc_store_close(stores[1]));
    printf("%llu calls\n", (unsigned long long)calls);
    return 0;
}
