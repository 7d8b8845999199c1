/* Calls leave nothing behind: what malloc has given out and what is resident stay where they were after the first calls. */
#include <malloc.h>
#include <unistd.h>

#include "check.h"

enum { ROUNDS = 30000, WARM_ROUNDS = 5000, COUNT = 16, BYTES = 2000 };

static long resident_pages(void) {
    long total = 0;
    long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &total, &resident) == 2);
    fclose(file);
    return resident;
}

int main(void) {
    static uint8_t value[BYTES];
    char names[COUNT][16];
    mmc_key keys[COUNT];
    uint64_t addresses[COUNT];
    uint64_t sizes[COUNT];
    int32_t results[COUNT];
    mmc_object_info infos[COUNT];
    mmc_buffers buffers = {addresses, sizes, NULL};
    size_t allocated = 0;
    long pages = 0;
    mmc_store_t store = open_store(1);
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "growth-%d", i);
        keys[i] = key_of(names[i]);
        addresses[i] = (uint64_t)(uintptr_t)value;
        sizes[i] = BYTES;
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (round == WARM_ROUNDS) {
            allocated = mallinfo2().uordblks;
            pages = resident_pages();
        }
        uint64_t size = 0;
        CHECK_STATUS(MMC_OK, mmc_store_put_batch(store, keys, COUNT, &buffers, MMC_AUTO, NULL, results));
        CHECK_STATUS(MMC_OK, mmc_store_get(store, keys[0], value, BYTES, &size));
        CHECK_STATUS(MMC_OK, mmc_store_get_batch(store, keys, COUNT, &buffers, MMC_AUTO, results));
        CHECK_STATUS(MMC_OK, mmc_store_exists_batch(store, keys, COUNT, results));
        /* A description makes garbage, some tens of MiB of which may be there before it is collected: few of them. */
        if (round % 100 == 0) {
            CHECK_STATUS(MMC_OK, mmc_store_query_batch(store, keys, COUNT, infos));
        }
        CHECK_STATUS(MMC_NOT_INITIALISED, mmc_store_exists(7, keys[0]));
        CHECK_STATUS(MMC_OK, mmc_store_remove_batch(store, keys, COUNT, results));
    }
    /* Less than a byte a call of each kind. */
    CHECK(mallinfo2().uordblks < allocated + (16 << 10));
    CHECK(resident_pages() < pages + (long)((4 << 20) / sysconf(_SC_PAGESIZE)));
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
