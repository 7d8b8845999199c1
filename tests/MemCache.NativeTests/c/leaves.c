/* Ends without closing its stores, in each way a host may end: return, exit in a thread, with calls under way, dlclose before. */
#include <dlfcn.h>
#include <pthread.h>

#include "check.h"

static mmc_store_t store;

static void *call_for_ever(void *unused) {
    (void)unused;
    for (;;) {
        mmc_store_exists(store, key_of("x"));
    }
    return NULL;
}

static void *leave(void *unused) {
    (void)unused;
    exit(0);
}

int main(int count, char **arguments) {
    const char *way = count > 1 ? arguments[1] : "return";
    pthread_t thread;
    store = open_store(1);
    if (strcmp(way, "busy") == 0) {
        for (int i = 0; i < 4; i++) {
            CHECK(pthread_create(&thread, NULL, call_for_ever, NULL) == 0);
        }
        for (int i = 0; i < 1000; i++) {
            mmc_store_exists(store, key_of("y"));
        }
    } else if (strcmp(way, "thread") == 0) {
        CHECK(pthread_create(&thread, NULL, leave, NULL) == 0);
        pthread_join(thread, NULL);
    } else if (strcmp(way, "dlclose") == 0) {
        /* Takes one reference away; the library stays, as its own threads run. */
        void *library = dlopen(getenv("MMC_TEST_LIBRARY"), RTLD_NOW);
        CHECK(library != NULL && dlclose(library) == 0);
        CHECK_STATUS(0, mmc_store_exists(store, key_of("z")));
    } else if (strcmp(way, "closed") == 0) {
        CHECK_STATUS(MMC_OK, mmc_store_close(store));
    }
    return 0;
}
