/* What the host has set for signals still holds: SIGPIPE, its own handler of faults, also on an alternate stack, and everything else. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { SIGNALS = 64 };

static struct sigaction before[SIGNALS + 1];

static void on_fault(int number) {
    static const char line[] = "host handler\n";
    (void)number;
    if (write(STDOUT_FILENO, line, sizeof line - 1) < 0) {
        _exit(4);
    }
    _exit(3);
}

static __attribute__((noinline)) int overflow(int depth) {
    volatile char room[4096];
    room[0] = (char)depth;
    return depth > 100000000 ? 0 : overflow(depth + 1) + room[0];
}

/* How a child ends that does this after the library was used. */
static int end_of(int (*fault)(int)) {
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL) {
            _exit(5);
        }
        fault(0);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static int touch_null(int unused) {
    (void)unused;
    volatile int *nowhere = (volatile int *)(uintptr_t)8;
    return *nowhere;
}

static void use_library(void) {
    uint8_t value[100] = {1};
    uint64_t size = 0;
    mmc_store_t store = open_store(1);
    CHECK_STATUS(MMC_OK, mmc_store_put(store, key_of("s"), value, sizeof value, NULL));
    CHECK_STATUS(MMC_OK, mmc_store_get(store, key_of("s"), value, sizeof value, &size));
    CHECK_STATUS(MMC_OK, mmc_store_close(store));
}

int main(void) {
    stack_t alternate = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16, .ss_flags = 0};
    struct sigaction own = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
    int with_handler = getenv("MMC_TEST_HANDLER") != NULL;
    sigset_t mask_before;
    sigset_t mask_after;
    if (with_handler) {
        CHECK(sigaltstack(&alternate, NULL) == 0);
        CHECK(sigaction(SIGSEGV, &own, NULL) == 0);
    }
    for (int i = 1; i <= SIGNALS; i++) {
        sigaction(i, NULL, &before[i]);
    }
    sigprocmask(SIG_SETMASK, NULL, &mask_before);
    use_library();
    sigprocmask(SIG_SETMASK, NULL, &mask_after);
    CHECK(memcmp(&mask_before, &mask_after, sizeof mask_before) == 0);
    for (int i = 1; i <= SIGNALS; i++) {
        struct sigaction after;
        int changed = sigaction(i, NULL, &after) == 0 && after.sa_handler != before[i].sa_handler;
        /* The runtime's: faults, chained to what was there, and its own real-time signal, with which it stops its threads. */
        CHECK(!changed || i == SIGSEGV || i == SIGFPE || i == SIGRTMIN);
    }
    int overflowed = end_of(overflow);
    int touched = end_of(touch_null);
    if (with_handler) {
        CHECK(WIFEXITED(overflowed) && WEXITSTATUS(overflowed) == 3);
        CHECK(WIFEXITED(touched) && WEXITSTATUS(touched) == 3);
    } else {
        CHECK(WIFSIGNALED(overflowed) && WTERMSIG(overflowed) == SIGSEGV);
        CHECK(WIFSIGNALED(touched) && WTERMSIG(touched) == SIGSEGV);
    }
    free(alternate.ss_sp);
    return 0;
}
