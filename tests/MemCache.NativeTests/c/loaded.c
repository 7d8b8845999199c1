/* A host that loads the library by name, as an interpreter does, uses it, and unloads it: nothing of it may run into a hole. */
#include <dlfcn.h>
#include <unistd.h>

#include "mmc_store.h"

/* Nothing is linked: what is used is looked up. */
#define mmc_last_error() ""
#include "check.h"

int main(void) {
    for (int round = 0; round < 3; round++) {
        void *library = dlopen(getenv("MMC_TEST_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
        CHECK(library != NULL);
        int32_t (*open)(const char *, int32_t, int32_t, mmc_store_t *) =
            (int32_t(*)(const char *, int32_t, int32_t, mmc_store_t *))dlsym(library, "mmc_store_open");
        int32_t (*exists)(mmc_store_t, mmc_key) = (int32_t(*)(mmc_store_t, mmc_key))dlsym(library, "mmc_store_exists");
        int32_t (*close)(mmc_store_t) = (int32_t(*)(mmc_store_t))dlsym(library, "mmc_store_close");
        mmc_store_t store = 0;
        CHECK(open(pool_config(), 0, 1, &store) == MMC_OK);
        CHECK(exists(store, key_of("x")) == 0);
        CHECK(close(store) == MMC_OK);
        CHECK(dlclose(library) == 0);
        usleep(20000);
    }
    return 0;
}
