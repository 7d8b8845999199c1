/*
 * Stores the KV block of a prompt, made of one buffer per layer, and reads it back as another request would.
 *
 *   gcc blocks.c -o blocks $(pkg-config --cflags --libs memcache)
 *   MMC_LOCAL_CONFIG_PATH=mmc-local.conf ./blocks
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mmc_store.h>

enum { LAYERS = 61, LAYER_BYTES = 128 * 1024 };

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, mmc_last_error());
    return 1;
}

int main(void) {
    static const char name[] = "model/sha256-of-the-prefix/0";
    mmc_key key = {name, sizeof name - 1};
    mmc_store_t store = 0;
    /* NULL: the configuration is the file that MMC_LOCAL_CONFIG_PATH names. 1: this process contributes memory. */
    if (mmc_store_open(NULL, 0, 1, &store) != MMC_OK) {
        return fail("open");
    }

    uint8_t *computed = malloc((size_t)LAYERS * LAYER_BYTES);
    uint8_t *loaded = malloc((size_t)LAYERS * LAYER_BYTES);
    uint64_t from[LAYERS];
    uint64_t to[LAYERS];
    uint64_t sizes[LAYERS];
    uint32_t layers = LAYERS;
    for (int l = 0; l < LAYERS; l++) {
        memset(computed + (size_t)l * LAYER_BYTES, l + 1, LAYER_BYTES);
        from[l] = (uint64_t)(uintptr_t)(computed + (size_t)l * LAYER_BYTES);
        to[l] = (uint64_t)(uintptr_t)(loaded + (size_t)l * LAYER_BYTES);
        sizes[l] = LAYER_BYTES;
    }

    int32_t result = 0;
    mmc_buffers source = {from, sizes, &layers};
    if (mmc_store_put_batch(store, &key, 1, &source, MMC_H2G, NULL, &result) != MMC_OK || result != MMC_OK) {
        return fail("put");
    }
    if (mmc_store_exists(store, key) != 1) {
        return fail("exists");
    }
    mmc_buffers target = {to, sizes, &layers};
    if (mmc_store_get_batch(store, &key, 1, &target, MMC_G2H, &result) != MMC_OK || result != MMC_OK) {
        fprintf(stderr, "get: %s\n", mmc_status_text(result));
        return 1;
    }
    printf("%d layers of %d bytes: %s\n", LAYERS, LAYER_BYTES,
           memcmp(computed, loaded, (size_t)LAYERS * LAYER_BYTES) == 0 ? "the same" : "different");
    free(computed);
    free(loaded);
    return mmc_store_close(store) == MMC_OK ? 0 : fail("close");
}
