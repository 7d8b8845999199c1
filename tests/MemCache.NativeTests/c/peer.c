/* One of two processes of a pool. "write": stores objects in its own memory and waits; "read": reads them out of the other's memory. */
#include "check.h"

enum { COUNT = 50, BYTES = 300000 };

int main(int count, char **arguments) {
    int writes = count > 1 && strcmp(arguments[1], "write") == 0;
    uint8_t *bytes = malloc(BYTES);
    char name[32];
    char line[32];
    mmc_store_t store = open_store(writes);
    for (int i = 0; i < COUNT; i++) {
        uint64_t size = 0;
        snprintf(name, sizeof name, "peer-%d", i);
        if (writes) {
            fill(bytes, BYTES, (uint64_t)i);
            CHECK_STATUS(MMC_OK, mmc_store_put(store, key_of(name), bytes, BYTES, NULL));
        } else {
            CHECK_STATUS(MMC_OK, mmc_store_get(store, key_of(name), bytes, BYTES, &size));
            CHECK(size == BYTES && is_filled(bytes, BYTES, (uint64_t)i));
        }
    }
    puts("done");
    fflush(stdout);
    if (writes) {
        CHECK(fgets(line, sizeof line, stdin) != NULL);
    }
    free(bytes);
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
