/* What reads objects into memory of the caller. */
#include "ask.h"

METHOD(store_get_into)
{
    static const signature sig = {"get_into", 3, 4, {"key", "ptr", "size", "direct"}};
    call c;
    mmc_key key;
    uint64_t address, size;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_key(&c, 0, &key) || !take_u64(&c, 1, &address, 0) ||
        !take_u64(&c, 2, &size, 0) || !take_direction(&c, 3, false))
        return NULL;
    const mmc_buffers buffers = {&address, &size, NULL};
    int32_t status = MMC_ERROR;
    c.count = 1;
    c.results = &status;
    ASK(&c, mmc_store_get_batch(handle, &key, 1, &buffers, c.direction, &status));
    return PyLong_FromLong(first_failure(&c));
}

METHOD(store_batch_get_into)
{
    static const signature sig = {"batch_get_into", 3, 4, {"keys", "ptrs", "sizes", "direct"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_buffers(&c, 1, 2) &&
        take_direction(&c, 3, false)) {
        ASK(&c, mmc_store_get_batch(handle, c.keys, c.count, &c.buffers, c.direction, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_get_into_layers)
{
    static const signature sig = {"get_into_layers", 3, 4, {"key", "ptrs", "sizes", "direct"}};
    call c;
    mmc_key key;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_key(&c, 0, &key) && take_layers_of_one(&c, 1, 2) &&
        take_direction(&c, 3, false)) {
        ASK(&c, mmc_store_get_batch(handle, &key, 1, &c.buffers, c.direction, c.results));
        result = PyLong_FromLong(first_failure(&c));
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_get_into_layers)
{
    static const signature sig = {"batch_get_into_layers", 3, 4, {"keys", "ptrs", "sizes", "direct"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_layers(&c, 1, 2) &&
        take_direction(&c, 3, false)) {
        ASK(&c, mmc_store_get_batch(handle, c.keys, c.count, &c.buffers, c.direction, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_get_range_into)
{
    static const signature sig = {"batch_get_range_into", 4, 5, {"keys", "offsets", "ptrs", "sizes", "direct"}};
    call c;
    uint64_t *offsets;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) &&
        take_u64s(&c, 1, &offsets, UINT64_MAX) && take_buffers(&c, 2, 3) && take_direction(&c, 4, false)) {
        ASK(&c, mmc_store_get_range_batch(handle, c.keys, c.count, offsets, &c.buffers, c.direction, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_get_range_into_layers)
{
    static const signature sig = {"batch_get_range_into_layers", 4, 5, {"keys", "offsets", "ptrs", "sizes", "direct"}};
    call c;
    uint64_t *offsets;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) &&
        take_u64s(&c, 1, &offsets, UINT64_MAX) && take_layers(&c, 2, 3) && take_direction(&c, 4, false)) {
        ASK(&c, mmc_store_get_range_batch(handle, c.keys, c.count, offsets, &c.buffers, c.direction, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}
