/* Works when the process may have no more than 8 GiB of addresses beyond the pool's own size. */
#include <sys/resource.h>

#include "check.h"

int main(void) {
    uint64_t pool_bytes = strtoull(getenv("MMC_TEST_POOL_BYTES"), NULL, 10);
    struct rlimit limit = {(8ull << 30) + pool_bytes, (8ull << 30) + pool_bytes};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    mmc_store_t store = open_store(1);
    enum { BYTES = 8 << 20 };
    uint8_t *value = malloc(BYTES);
    uint64_t size = 0;
    fill(value, BYTES, 5);
    CHECK_STATUS(MMC_OK, mmc_store_put(store, key_of("large"), value, BYTES, NULL));
    CHECK_STATUS(MMC_OK, mmc_store_get(store, key_of("large"), value, BYTES, &size));
    CHECK(is_filled(value, BYTES, 5));
    free(value);
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
