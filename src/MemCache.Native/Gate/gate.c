/*
 * The door of libmf_memcache.so: every exported function begins here and then goes on in C#. What is done here can't be done there:
 *  - The processor is checked before the .NET runtime starts, which would end the process on one that is too old.
 *  - A forked child gets a status. It must not enter the runtime: a thread that was collecting garbage at the fork, and whose end the
 *    child would wait for, does not exist in it.
 *  - The text of each thread's last error is thread-local storage of C, which goes when the thread goes.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mmc.h"
#include "mmc_store.h"

#define EXPORTED __attribute__((visibility("default")))
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define BATCH_COUNT_MAX 16384u

/* Begins the C# side. */
int32_t impl_mmc_start(void);

/* What the C# side calls. */
void mmc_gate_failed(int32_t status, const char *text, size_t size);

static __thread struct {
    int32_t status;
    char text[1020];
} last;

/*
 * A page that a fork wipes: MARKED in the process that came in first, 0 in its children. Where the kernel can't wipe it, the process id
 * tells. NULL: nobody has come in yet. Written under `opening`, once.
 */
enum { MARKED = 0x4D4D43 };
static const volatile int32_t *mark;
static pid_t owner;
static int32_t processor = MMC_OK;
static pthread_once_t opening = PTHREAD_ONCE_INIT;

static int32_t fail(int32_t status, const char *text) {
    mmc_gate_failed(status, text, strlen(text));
    return status;
}

void mmc_gate_failed(int32_t status, const char *text, size_t size) {
    size_t kept = size < sizeof last.text ? size : sizeof last.text - 1;
    /* Not in the middle of a character of UTF-8. */
    while (kept < size && kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80) {
        kept--;
    }
    last.status = status;
    if (kept > 0) {
        memcpy(last.text, text, kept);
    }
    last.text[kept] = '\0';
}

static int32_t check_processor(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int fits = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("lzcnt");
    return fits ? MMC_OK : MMC_NOT_STARTED;
#else
    return MMC_OK;
#endif
}

/*
 * Starts the runtime. Of the signals that it takes, SIGPIPE is given back to the host: nothing here writes where it could be raised. SIGSEGV and SIGFPE
 * stay, chained to what the host had; on an alternate stack, if the thread has one, for else a host's own handler of stack overflows would never run.
 */
static void start_runtime(void) {
    static const int faults[] = {SIGSEGV, SIGFPE};
    struct sigaction pipe;
    sigaction(SIGPIPE, NULL, &pipe);
    impl_mmc_start();
    sigaction(SIGPIPE, &pipe, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct sigaction fault;
        if (sigaction(faults[i], NULL, &fault) == 0) {
            fault.sa_flags |= SA_ONSTACK;
            sigaction(faults[i], &fault, NULL);
        }
    }
}

static void open_gate(void) {
    static const int32_t unwiped = MARKED;
    processor = check_processor();
    if (processor != MMC_OK) {
        mark = &unwiped;
        return;
    }
    start_runtime();
    owner = getpid();
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int32_t *wiped = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (wiped != MAP_FAILED && madvise(wiped, page, MADV_WIPEONFORK) == 0) {
        *wiped = MARKED;
        owner = 0;
        __atomic_store_n(&mark, wiped, __ATOMIC_RELEASE);
        return;
    }
    __atomic_store_n(&mark, &unwiped, __ATOMIC_RELEASE);
}

/* 0: go on into C#. The way of every call: two loads of memory that is warm, and thread-local storage. */
static inline int32_t enter(void) {
    last.status = MMC_OK;
    last.text[0] = '\0';
    const volatile int32_t *page = __atomic_load_n(&mark, __ATOMIC_ACQUIRE);
    if (UNLIKELY(page == NULL)) {
        pthread_once(&opening, open_gate);
        page = mark;
    }
    if (UNLIKELY(processor != MMC_OK)) {
        return fail(processor, "this processor is too old for MemCache: it needs AVX2, FMA, BMI2, POPCNT and LZCNT");
    }
    if (UNLIKELY(*page != MARKED || (owner != 0 && owner != getpid()))) {
        return fail(MMC_FORKED_CHILD, "this process was forked from one that used MemCache: start it afresh (exec, or spawn) to use it");
    }
    return MMC_OK;
}

/* All entries of a batch get the call's status. */
static int32_t refuse(int32_t status, uint32_t count, int32_t *results) {
    for (uint32_t i = 0; results != NULL && count <= BATCH_COUNT_MAX && i < count; i++) {
        results[i] = status;
    }
    return status;
}

#define GATE(name, parameters, arguments)                                   \
    int32_t impl_##name parameters;                                         \
    EXPORTED int32_t name parameters {                                      \
        int32_t refusal = enter();                                          \
        return UNLIKELY(refusal != 0) ? refusal : impl_##name arguments;    \
    }

#define GATE_BATCH(name, parameters, arguments)                                                     \
    int32_t impl_##name parameters;                                                                 \
    EXPORTED int32_t name parameters {                                                              \
        int32_t refusal = enter();                                                                  \
        return UNLIKELY(refusal != 0) ? refuse(refusal, count, results) : impl_##name arguments;    \
    }

GATE(mmc_store_open, (const char *config, int32_t device_id, int32_t contribute, mmc_store_t *store),
     (config, device_id, contribute, store))
GATE(mmc_store_open_with, (const local_config *config, int32_t device_id, int32_t contribute, mmc_store_t *store),
     (config, device_id, contribute, store))
GATE(mmc_store_close, (mmc_store_t store), (store))
GATE(mmc_store_rank, (mmc_store_t store, int32_t *rank), (store, rank))
GATE(mmc_store_register, (mmc_store_t store, uint64_t address, uint64_t size), (store, address, size))
GATE(mmc_store_unregister, (mmc_store_t store, uint64_t address, uint64_t size), (store, address, size))
GATE(mmc_store_put, (mmc_store_t store, mmc_key key, const void *data, size_t size, const mmc_replicas *replicas),
     (store, key, data, size, replicas))
GATE(mmc_store_size, (mmc_store_t store, mmc_key key, uint64_t *size), (store, key, size))
GATE(mmc_store_get, (mmc_store_t store, mmc_key key, void *data, size_t room, uint64_t *size), (store, key, data, room, size))
GATE(mmc_store_exists, (mmc_store_t store, mmc_key key), (store, key))
GATE(mmc_store_remove, (mmc_store_t store, mmc_key key), (store, key))
GATE(mmc_store_remove_all, (mmc_store_t store), (store))

GATE_BATCH(mmc_store_put_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, const mmc_buffers *buffers, int32_t direction,
            const mmc_replicas *replicas, int32_t *results),
           (store, keys, count, buffers, direction, replicas, results))
GATE_BATCH(mmc_store_get_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, const mmc_buffers *buffers, int32_t direction, int32_t *results),
           (store, keys, count, buffers, direction, results))
GATE_BATCH(mmc_store_get_range_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, const uint64_t *offsets, const mmc_buffers *buffers,
            int32_t direction, int32_t *results),
           (store, keys, count, offsets, buffers, direction, results))
GATE_BATCH(mmc_store_exists_batch, (mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t *results),
           (store, keys, count, results))
GATE_BATCH(mmc_store_remove_batch, (mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t *results),
           (store, keys, count, results))
GATE_BATCH(mmc_store_set_priority_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t pin, int32_t ttl_ms, int32_t *results),
           (store, keys, count, pin, ttl_ms, results))
GATE(mmc_store_query_batch, (mmc_store_t store, const mmc_key *keys, uint32_t count, mmc_object_info *infos),
     (store, keys, count, infos))
GATE_BATCH(mmc_store_alloc_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, const uint64_t *sizes, int32_t medium, uint32_t lease_ms,
            uint64_t *addresses, int32_t *results),
           (store, keys, count, sizes, medium, lease_ms, addresses, results))
GATE_BATCH(mmc_store_copy_batch,
           (mmc_store_t store, const uint64_t *global_addresses, uint32_t count, const mmc_buffers *buffers, int32_t direction,
            int32_t *results),
           (store, global_addresses, count, buffers, direction, results))
GATE_BATCH(mmc_store_finish_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, const int32_t *outcomes, int32_t *results),
           (store, keys, count, outcomes, results))
GATE_BATCH(mmc_store_add_lease_batch,
           (mmc_store_t store, const mmc_key *keys, uint32_t count, uint32_t lease_ms, int32_t *results),
           (store, keys, count, lease_ms, results))
GATE_BATCH(mmc_store_remove_lease_batch, (mmc_store_t store, const mmc_key *keys, uint32_t count, int32_t *results),
           (store, keys, count, results))

GATE(mmc_local_config_init, (local_config * config), (config))
GATE(mmc_setup, (const local_config *config), (config))
GATE(mmc_init, (const mmc_init_config *config), (config))
GATE(mmc_uninit, (void), ())
GATE(mmc_set_extern_logger, (mmc_logger logger), (logger))
GATE(mmc_set_log_level, (int32_t level), (level))

GATE(mmc_meta_config_init, (mmc_meta_config * config), (config))
GATE(mmcs_meta_service_start, (const mmc_meta_config *config), (config))
GATE(mmcs_meta_service_stop, (void), ())
GATE(mmcs_local_service_start, (const local_config *config), (config))
GATE(mmcs_local_service_stop, (void), ())

GATE(mmcc_init, (const local_config *config), (config))
GATE(mmcc_uninit, (void), ())
GATE(mmcc_register_buffer, (uint64_t addr, uint64_t size), (addr, size))
GATE(mmcc_unregister_buffer, (uint64_t addr, uint64_t size), (addr, size))
GATE(mmcc_put, (const char *key, mmc_buffer *buf, mmc_put_options options, uint32_t flags), (key, buf, options, flags))
GATE_BATCH(mmcc_batch_put,
           (const char **keys, uint32_t count, const mmc_buffer *bufs, mmc_put_options *options, uint32_t flags, int *results),
           (keys, count, bufs, options, flags, results))
GATE(mmcc_get, (const char *key, mmc_buffer *buf, uint32_t flags), (key, buf, flags))
GATE_BATCH(mmcc_batch_get, (const char **keys, uint32_t count, mmc_buffer *bufs, uint32_t flags, int *results),
           (keys, count, bufs, flags, results))
GATE(mmcc_set_priority, (const char *key, int32_t pin, int32_t ttl_ms, uint32_t flags), (key, pin, ttl_ms, flags))
GATE_BATCH(mmcc_batch_set_priority,
           (const char **keys, uint32_t count, int32_t pin, int32_t ttl_ms, int32_t *results, uint32_t flags),
           (keys, count, pin, ttl_ms, results, flags))
GATE(mmcc_remove, (const char *key, uint32_t flags), (key, flags))
GATE_BATCH(mmcc_batch_remove, (const char **keys, uint32_t count, int32_t *results, uint32_t flags), (keys, count, results, flags))
GATE(mmcc_exist, (const char *key, uint32_t flags), (key, flags))
GATE_BATCH(mmcc_batch_exist, (const char **keys, uint32_t count, int32_t *results, uint32_t flags), (keys, count, results, flags))
GATE(mmcc_query, (const char *key, mmc_data_info *info, uint32_t flags), (key, info, flags))
GATE(mmcc_batch_query, (const char **keys, size_t count, mmc_data_info *infos, uint32_t flags), (keys, count, infos, flags))
GATE(mmcc_local_service_id, (uint32_t * id), (id))

/* The layouts that the C# side counts on. */
_Static_assert(sizeof(mmc_key) == 16 && sizeof(mmc_buffers) == 24 && sizeof(mmc_replicas) == 40, "mmc_store.h");
_Static_assert(sizeof(mmc_put_terms) == 48 && offsetof(mmc_put_terms, pin) == 40, "mmc_store.h");
_Static_assert(sizeof(mmc_object_info) == 144 && offsetof(mmc_object_info, addresses) == 80, "mmc_store.h");
_Static_assert(sizeof(mmc_buffer) == 32 && sizeof(mmc_put_options) == 44 && sizeof(mmc_init_config) == 8, "mmc_def.h");
_Static_assert(sizeof(mmc_data_info) == 64 && offsetof(mmc_data_info, types) == 44, "mmc_def.h");
_Static_assert(sizeof(mmc_tls_config) == 4 + 7 * 256, "mmc_def.h");
_Static_assert(offsetof(local_config, world_size) == 976 && sizeof(local_config) == 1008 + 3 * sizeof(mmc_tls_config) + 12, "mmc_def.h");
_Static_assert(offsetof(mmc_meta_config, ha_enable) == 1816 && sizeof(mmc_meta_config) == 1832 + 2 * sizeof(mmc_tls_config) + 8, "mmc_def.h");

EXPORTED const char *mmc_status_text(int32_t status) {
    switch (status) {
#include "status_text.inc"
    default:
        return "Unknown status.";
    }
}

EXPORTED const char *mmc_last_error(void) {
    return last.status == MMC_OK ? "" : last.text[0] != '\0' ? last.text : mmc_status_text(last.status);
}

EXPORTED const char *mmc_version(void) {
    return MMC_VERSION;
}
