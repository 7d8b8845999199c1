/* Global addresses and leases: objects that are written and read piece by piece. */
#include "ask.h"

/* A time to live as the library takes it; what does not fit is a status. */
static bool take_lease(call *c, int argument, uint32_t *lease_ms)
{
    int64_t value = 0;
    if (!take_int(c, argument, &value, -1))
        return false;
    if (value < 0 || value > UINT32_MAX)
        c->verdict = MMC_INVALID_PARAMETER;
    *lease_ms = (uint32_t)value;
    return true;
}

static bool take_medium(call *c, int argument, int32_t *medium)
{
    int64_t value = 1;
    if (!take_int(c, argument, &value, -1))
        return false;
    if (value < 0 || value > INT32_MAX)
        c->verdict = MMC_INVALID_PARAMETER;
    *medium = (int32_t)value;
    return true;
}

/* Copies go both ways; which ways there are is the library's to know. */
static bool take_any_direction(call *c, int argument)
{
    int64_t direction = MMC_H2G;
    if (!take_int(c, argument, &direction, -1))
        return false;
    if (direction < 0 || direction > MMC_AUTO)
        c->verdict = MMC_ERROR;
    c->direction = (int32_t)direction;
    return true;
}

static PyObject *list_of_addresses(const call *c, const uint64_t *addresses)
{
    PyObject *list = PyList_New((Py_ssize_t)c->count);
    for (uint32_t i = 0; list != NULL && i < c->count; i++) {
        bool good = c->verdict == MMC_OK && c->results[i] == MMC_OK && addresses[i] != 0;
        int32_t status = c->verdict != MMC_OK ? c->verdict : c->results[i] < 0 ? c->results[i] : MMC_ERROR;
        PyObject *item = good ? PyLong_FromUnsignedLongLong(addresses[i]) : PyLong_FromLong(status);
        if (item == NULL || PyList_SetItem(list, (Py_ssize_t)i, item) != 0) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

METHOD(store_batch_alloc)
{
    static const signature sig = {"batch_alloc", 2, 4, {"keys", "sizes", "media", "lease_ttl_ms"}};
    call c;
    uint64_t *sizes;
    uint32_t lease_ms;
    int32_t medium;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_u64s(&c, 1, &sizes, 0) &&
        take_medium(&c, 2, &medium) && take_lease(&c, 3, &lease_ms)) {
        uint64_t *addresses = call_take(&c, c.count, sizeof(uint64_t));
        if (addresses != NULL) {
            ASK(&c, mmc_store_alloc_batch(handle, c.keys, c.count, sizes, medium, lease_ms, addresses, c.results));
            result = list_of_addresses(&c, addresses);
        }
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_copy)
{
    static const signature sig = {"batch_copy", 3, 4, {"gvas", "ptrs", "sizes", "direct"}};
    call c;
    uint64_t *globals;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_u64s(&c, 0, &globals, 0) && take_buffers(&c, 1, 2) &&
        take_any_direction(&c, 3)) {
        ASK(&c, mmc_store_copy_batch(handle, globals, c.count, &c.buffers, c.direction, c.results));
        result = PyLong_FromLong(first_failure(&c));
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_copy_layers)
{
    static const signature sig = {"batch_copy_layers", 3, 4, {"gvas", "ptrs", "sizes", "direct"}};
    call c;
    uint64_t *globals;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_u64s(&c, 0, &globals, 0) && take_layers(&c, 1, 2) &&
        take_any_direction(&c, 3)) {
        ASK(&c, mmc_store_copy_batch(handle, globals, c.count, &c.buffers, c.direction, c.results));
        result = PyLong_FromLong(first_failure(&c));
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_write_finish)
{
    static const signature sig = {"batch_write_finish", 2, 2, {"keys", "res"}};
    call c;
    int32_t *outcomes;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_i32s(&c, 1, &outcomes)) {
        ASK(&c, mmc_store_finish_batch(handle, c.keys, c.count, outcomes, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_add_lease)
{
    static const signature sig = {"batch_add_lease", 1, 2, {"keys", "lease_ttl_ms"}};
    call c;
    uint32_t lease_ms;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_lease(&c, 1, &lease_ms)) {
        ASK(&c, mmc_store_add_lease_batch(handle, c.keys, c.count, lease_ms, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_batch_remove_lease)
{
    static const signature sig = {"batch_remove_lease", 1, 1, {"keys"}};
    call c;
    int32_t status = MMC_OK;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0)) {
        ASK(&c, status = mmc_store_remove_lease_batch(handle, c.keys, c.count, c.results));
        result = PyLong_FromLong(c.verdict != MMC_OK ? c.verdict : status);
    }
    call_end(&c);
    return result;
}
