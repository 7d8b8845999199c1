/* A child that was forked from a process that uses MemCache gets a status from every call, at once; one that was forked before may use it. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "mmc.h"

static volatile int stop;

/* Threads that allocate in the library while the process forks: what they hold at that moment nobody holds in the child. */
static void *keep_busy(void *argument) {
    mmc_store_t store = *(mmc_store_t *)argument;
    enum { COUNT = 2000 };
    static char names[COUNT][16];
    mmc_key *keys = malloc(COUNT * sizeof *keys);
    mmc_object_info *infos = malloc(COUNT * sizeof *infos);
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "busy-%d", i);
        keys[i] = key_of(names[i]);
    }
    while (!stop) {
        mmc_store_query_batch(store, keys, COUNT, infos);
    }
    free(keys);
    free(infos);
    return NULL;
}

static int run_child(mmc_store_t store) {
    mmc_store_t other = 0;
    mmc_key key = key_of("k");
    mmc_init_config init = {0, true};
    int32_t results[1] = {9};
    int32_t rank = 0;
    CHECK_STATUS(MMC_FORKED_CHILD, mmc_store_exists(store, key));
    CHECK(strstr(mmc_last_error(), "fork") != NULL);
    CHECK_STATUS(MMC_FORKED_CHILD, mmc_store_exists_batch(store, &key, 1, results));
    CHECK(results[0] == MMC_FORKED_CHILD);
    CHECK_STATUS(MMC_FORKED_CHILD, mmc_store_open(pool_config(), 0, 1, &other));
    CHECK_STATUS(MMC_FORKED_CHILD, mmc_store_rank(store, &rank));
    CHECK_STATUS(MMC_FORKED_CHILD, mmc_store_close(store));
    CHECK_STATUS(MMC_FORKED_CHILD, mmc_init(&init));
    CHECK_STATUS(MMC_FORKED_CHILD, mmcc_exist("k", 0));
    CHECK_STATUS(MMC_FORKED_CHILD, mmcs_meta_service_stop());
    CHECK(mmc_version()[0] != '\0');
    return 0;
}

static void check_children(mmc_store_t store, int count) {
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            alarm(20);
            exit(run_child(store));
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

int main(void) {
    pthread_t busy[2];
    /* Forked before the library was used: it may use it. */
    pid_t early = fork();
    if (early == 0) {
        mmc_store_t own = open_store(0);
        CHECK_STATUS(MMC_OK, mmc_store_close(own));
        exit(0);
    }
    int status = 0;
    CHECK(waitpid(early, &status, 0) == early && WIFEXITED(status) && WEXITSTATUS(status) == 0);

    mmc_store_t store = open_store(1);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&busy[i], NULL, keep_busy, &store) == 0);
    }
    check_children(store, 60);
    stop = 1;
    for (int i = 0; i < 2; i++) {
        pthread_join(busy[i], NULL);
    }
    /* The parent has lost nothing. */
    CHECK_STATUS(MMC_OK, mmc_store_put(store, key_of("after"), "x", 1, NULL));
    CHECK_STATUS(1, mmc_store_exists(store, key_of("after")));
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
    return 0;
}
