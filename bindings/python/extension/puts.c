/* What stores objects. */
#include "ask.h"

METHOD(store_put)
{
    static const signature sig = {"put", 2, 3, {"key", "buf", "replicateConfig"}};
    call c;
    mmc_key key;
    Py_buffer value;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_key(&c, 0, &key) || !take_replicas(&c, 2) ||
        !take_value(&c, 1, &value))
        return NULL;
    int32_t status = c.verdict;
    const mmc_store_t handle = c.store->handle;
    if (status == MMC_OK)
        WITHOUT_LOCK(status = mmc_store_put(handle, key, value.buf, (size_t)value.len, c.replicas));
    PyBuffer_Release(&value);
    return PyLong_FromLong(status);
}

METHOD(store_put_batch)
{
    static const signature sig = {"put_batch", 2, 3, {"keys", "values", "replicateConfig"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_values(&c, 1) &&
        take_replicas(&c, 2)) {
        uint64_t *addresses = call_take(&c, c.value_count, sizeof(uint64_t));
        uint64_t *sizes = addresses == NULL ? NULL : call_take(&c, c.value_count, sizeof(uint64_t));
        if (sizes != NULL) {
            for (uint32_t i = 0; i < c.value_count; i++) {
                addresses[i] = (uint64_t)(uintptr_t)c.values[i].buf;
                sizes[i] = (uint64_t)c.values[i].len;
            }
            c.buffers.addresses = addresses;
            c.buffers.sizes = sizes;
            ASK(&c, mmc_store_put_batch(handle, c.keys, c.count, &c.buffers, MMC_H2G, c.replicas, c.results));
            result = PyLong_FromLong(first_failure(&c));
        }
    }
    call_end(&c);
    return result;
}

METHOD(store_put_from)
{
    static const signature sig = {"put_from", 3, 5, {"key", "ptr", "size", "direct", "replicateConfig"}};
    call c;
    mmc_key key;
    uint64_t address, size;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_key(&c, 0, &key) || !take_u64(&c, 1, &address, 0) ||
        !take_u64(&c, 2, &size, 0) || !take_direction(&c, 3, true) || !take_replicas(&c, 4))
        return NULL;
    const mmc_buffers buffers = {&address, &size, NULL};
    int32_t status = MMC_ERROR;
    c.count = 1;
    c.results = &status;
    ASK(&c, mmc_store_put_batch(handle, &key, 1, &buffers, c.direction, c.replicas, &status));
    return PyLong_FromLong(first_failure(&c));
}

METHOD(store_batch_put_from)
{
    static const signature sig = {"batch_put_from", 3, 5, {"keys", "ptrs", "sizes", "direct", "replicateConfig"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_buffers(&c, 1, 2) &&
        take_direction(&c, 3, true) && take_replicas(&c, 4)) {
        ASK(&c, mmc_store_put_batch(handle, c.keys, c.count, &c.buffers, c.direction, c.replicas, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_put_from_layers)
{
    static const signature sig = {"put_from_layers", 3, 5, {"key", "ptrs", "sizes", "direct", "replicateConfig"}};
    call c;
    mmc_key key;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_key(&c, 0, &key) && take_layers_of_one(&c, 1, 2) &&
        take_direction(&c, 3, true) && take_replicas(&c, 4)) {
        ASK(&c, mmc_store_put_batch(handle, &key, 1, &c.buffers, c.direction, c.replicas, c.results));
        result = PyLong_FromLong(first_failure(&c));
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_put_from_layers)
{
    static const signature sig = {
        "batch_put_from_layers", 3, 5, {"keys", "ptrs", "sizes", "direct", "replicateConfig"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_layers(&c, 1, 2) &&
        take_direction(&c, 3, true) && take_replicas(&c, 4)) {
        ASK(&c, mmc_store_put_batch(handle, c.keys, c.count, &c.buffers, c.direction, c.replicas, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}
