/*
 * The MetaService goes and comes back. The test writes a line for each phase and this answers with one:
 * "down" - every call returns a failure within the timeout; "up" - calls work again, without opening anew.
 */
#include "check.h"

enum { TIMEOUT_SECONDS = 3 };

static mmc_store_t store;

/* All calls return; with the MetaService gone each one fails. Returns whether an object can be stored and read. */
static int all_calls(int expect_failure) {
    uint8_t value[5000];
    uint8_t read[5000];
    uint64_t size = 0;
    mmc_key key = key_of("outage");
    uint64_t address = (uint64_t)(uintptr_t)value;
    uint64_t length = sizeof value;
    mmc_buffers buffers = {&address, &length, NULL};
    mmc_object_info info;
    int32_t result[9];
    int32_t entry = 0;
    fill(value, sizeof value, 9);
    for (int i = 0; i < 9; i++) {
        double begin = seconds_now();
        switch (i) {
        case 0: result[i] = mmc_store_put(store, key, value, sizeof value, NULL); break;
        case 1: result[i] = mmc_store_exists(store, key); break;
        case 2: result[i] = mmc_store_get(store, key, read, sizeof read, &size); break;
        case 3: result[i] = mmc_store_size(store, key, &size); break;
        case 4: result[i] = mmc_store_put_batch(store, &key, 1, &buffers, MMC_AUTO, NULL, &entry); break;
        case 5: result[i] = mmc_store_get_batch(store, &key, 1, &buffers, MMC_AUTO, &entry); break;
        case 6: result[i] = mmc_store_exists_batch(store, &key, 1, &entry); break;
        case 7: result[i] = mmc_store_query_batch(store, &key, 1, &info); break;
        default: result[i] = mmc_store_remove(store, key); break;
        }
        double taken = seconds_now() - begin;
        if (taken > TIMEOUT_SECONDS + 1) {
            fprintf(stderr, "call %d took %.1f s\n", i, taken);
            exit(1);
        }
        if (expect_failure && result[i] >= 0) {
            fprintf(stderr, "call %d returned %d without a MetaService\n", i, (int)result[i]);
            exit(1);
        }
    }
    return result[0] == MMC_OK && result[1] == 1 && result[2] == MMC_OK && is_filled(read, sizeof read, 9);
}

int main(void) {
    char line[32];
    store = open_store(1);
    CHECK(all_calls(0));
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strcmp(line, "down\n") == 0) {
            all_calls(1);
        } else {
            double begin = seconds_now();
            while (!all_calls(0)) {
                CHECK(seconds_now() - begin < 30);
            }
        }
        printf("%s", line);
        fflush(stdout);
    }
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
