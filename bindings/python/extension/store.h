/* The type DistributedObjectStore, and what one of its calls needs. */
#ifndef MEMCACHE_STORE_H
#define MEMCACHE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "mmc_store.h"
#include "python_api.h"

#define BATCH_COUNT_MAX 16384
#define LAYER_COUNT_MAX 255

/* As many arenas as a store keeps: one for each thread that is usually inside it. */
#define SPARE_ARENA_COUNT 8

typedef struct {
    PyObject_HEAD
    /* All fields belong to whoever holds the interpreter lock. */
    mmc_store_t handle; /* 0: not open */
    char *config;       /* text of setup(), or NULL */
    bool opening;
    int spare_count;
    arena *spares[SPARE_ARENA_COUNT];
} store_object;

/* Names and defaults of a method, for messages and for keyword arguments. */
typedef struct {
    const char *method;
    int required;
    int count;
    const char *names[7];
} signature;

#define ARGUMENT_COUNT_MAX 7

/*
 * One call: its arguments in the form that the library takes, and what keeps them alive while the interpreter lock is
 * released.
 */
typedef struct {
    store_object *store;
    const signature *sig;
    arena *scratch;
    PyObject *arguments[ARGUMENT_COUNT_MAX]; /* borrowed; NULL: not given */

    bool is_counted;
    uint32_t count;
    mmc_key *keys;
    PyObject **held;
    uint32_t held_count;
    int32_t *results;
    mmc_buffers buffers;
    Py_buffer *values;
    uint32_t value_count;
    const mmc_replicas *replicas;
    mmc_put_terms terms;
    int32_t direction;

    /* MMC_OK, or what every entry gets without the library being asked. */
    int32_t verdict;
} call;

/*
 * arguments.c: each returns false with a Python exception set. What can only be found out at run time goes into
 * `verdict` or into an entry.
 */
bool call_begin(call *c, PyObject *self, const signature *sig, PyObject *const *args, Py_ssize_t nargs,
                PyObject *kwnames);
void call_end(call *c);
void *call_take(call *c, size_t count, size_t item_bytes);

bool take_key(call *c, int argument, mmc_key *key);
bool take_u64(call *c, int argument, uint64_t *value, uint64_t otherwise);
bool take_int(call *c, int argument, int64_t *value, int64_t otherwise);
bool take_truth(call *c, int argument, bool *value);
bool take_direction(call *c, int argument, bool into_pool);
bool take_replicas(call *c, int argument);
/* A pin: its name, or its number. */
bool read_pin(PyObject *object, int64_t *pin);

bool take_value(call *c, int argument, Py_buffer *value);

/*
 * The first list of a call decides how many entries the batch has; one of another length is the fault of every entry.
 */
bool take_keys(call *c, int argument);
bool take_u64s(call *c, int argument, uint64_t **items, uint64_t otherwise);
bool take_i32s(call *c, int argument, int32_t **items);
bool take_values(call *c, int argument);
bool take_buffers(call *c, int pointers, int sizes);
bool take_layers(call *c, int pointers, int sizes);
bool take_layers_of_one(call *c, int pointers, int sizes);
bool settle_count(call *c, size_t count);

/* results.c */
PyObject *list_of_results(call *c);
int32_t first_failure(const call *c);
PyObject *key_info_new(const mmc_object_info *info);
bool key_info_ready(PyObject *module);

/* Methods, by what they are about. */
#define METHOD(name) \
    PyObject *name(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)

METHOD(store_setup);
METHOD(store_init);
METHOD(store_close);
METHOD(store_rank);
METHOD(store_register);
METHOD(store_unregister);
METHOD(store_put);
METHOD(store_put_batch);
METHOD(store_put_from);
METHOD(store_batch_put_from);
METHOD(store_put_from_layers);
METHOD(store_batch_put_from_layers);
METHOD(store_get);
METHOD(store_get_batch);
METHOD(store_get_into);
METHOD(store_batch_get_into);
METHOD(store_get_into_layers);
METHOD(store_batch_get_into_layers);
METHOD(store_batch_get_range_into);
METHOD(store_batch_get_range_into_layers);
METHOD(store_batch_set_pin);
METHOD(store_batch_set_ttl);
METHOD(store_remove);
METHOD(store_remove_batch);
METHOD(store_remove_all);
METHOD(store_is_exist);
METHOD(store_batch_is_exist);
METHOD(store_get_key_info);
METHOD(store_batch_get_key_info);
METHOD(store_batch_alloc);
METHOD(store_batch_copy);
METHOD(store_batch_copy_layers);
METHOD(store_batch_write_finish);
METHOD(store_batch_add_lease);
METHOD(store_batch_remove_lease);

/* lifecycle.c */
void store_dealloc(PyObject *self);
PyObject *store_handle(PyObject *self, void *unused);

/* child.c */
PyObject *spawn(PyObject *module, PyObject *args);

#endif
