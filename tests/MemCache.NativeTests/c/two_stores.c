/* Two stores in one process, one with memory and one without; handles that are stale or invented. */
#include "check.h"

int main(void) {
    mmc_store_t provider = open_store(1);
    mmc_store_t client = open_store(0);
    uint8_t value[4096];
    uint8_t read[4096];
    uint64_t size = 0;
    int32_t rank = 9;
    int32_t results[2] = {9, 9};
    mmc_key key = key_of("shared");
    mmc_key keys[2] = {key, key};
    CHECK(provider != client);
    fill(value, sizeof value, 3);
    CHECK_STATUS(MMC_OK, mmc_store_put(client, key, value, sizeof value, NULL));
    CHECK_STATUS(MMC_OK, mmc_store_get(provider, key, read, sizeof read, &size));
    CHECK(is_filled(read, sizeof read, 3));
    CHECK_STATUS(MMC_OK, mmc_store_rank(client, &rank));
    CHECK(rank == -1);
    CHECK_STATUS(MMC_OK, mmc_store_rank(provider, &rank));
    CHECK(rank == 0);

    CHECK_STATUS(MMC_OK, mmc_store_close(client));
    CHECK_STATUS(MMC_OK, mmc_store_close(client));
    CHECK_STATUS(MMC_NOT_INITIALISED, mmc_store_exists_batch(client, keys, 2, results));
    CHECK(results[0] == MMC_NOT_INITIALISED && results[1] == MMC_NOT_INITIALISED);
    CHECK_STATUS(MMC_OK, mmc_store_get(provider, key, read, sizeof read, &size));
    const mmc_store_t invented[] = {0, 1, client + 1000, UINT64_MAX, (uint64_t)(uintptr_t)value};
    for (size_t i = 0; i < sizeof invented / sizeof invented[0]; i++) {
        CHECK_STATUS(MMC_NOT_INITIALISED, mmc_store_exists(invented[i], key));
        CHECK_STATUS(MMC_NOT_INITIALISED, mmc_store_close(invented[i]));
    }
    mmc_store_t again = open_store(0);
    CHECK(again != client && again != provider);
    CHECK_STATUS(1, mmc_store_exists(again, key));
    CHECK_STATUS(MMC_OK, mmc_store_close(again));
    CHECK_STATUS(MMC_OK, mmc_store_close(provider));
    return 0;
}
