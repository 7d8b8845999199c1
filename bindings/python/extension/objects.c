/* What asks about objects, and removes them. */
#include <string.h>

#include "ask.h"
#include "errors.h"

METHOD(store_is_exist)
{
    static const signature sig = {"is_exist", 1, 1, {"key"}};
    call c;
    mmc_key key;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_key(&c, 0, &key))
        return NULL;
    const mmc_store_t handle = c.store->handle;
    int32_t status;
    WITHOUT_LOCK(status = mmc_store_exists(handle, key));
    return PyLong_FromLong(status);
}

METHOD(store_batch_is_exist)
{
    static const signature sig = {"batch_is_exist", 1, 1, {"keys"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0)) {
        ASK(&c, mmc_store_exists_batch(handle, c.keys, c.count, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

static PyObject *set_priority(call *c, int64_t pin, int64_t ttl_ms)
{
    if (pin < MMC_KEEP || pin > MMC_PIN_HARD || ttl_ms < MMC_KEEP || ttl_ms > INT32_MAX)
        c->verdict = MMC_INVALID_PARAMETER;
    ASK(c, mmc_store_set_priority_batch(handle, c->keys, c->count, (int32_t)pin, (int32_t)ttl_ms, c->results));
    return list_of_results(c);
}

METHOD(store_batch_set_pin)
{
    static const signature sig = {"batch_set_pin", 2, 2, {"keys", "pin"}};
    call c;
    int64_t pin = 0;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) &&
        (read_pin(c.arguments[1], &pin) || wrong_type(&c, 1, "a str or an int", c.arguments[1])))
        result = set_priority(&c, pin < 0 ? INT32_MAX : pin, MMC_KEEP);
    call_end(&c);
    return result;
}

METHOD(store_batch_set_ttl)
{
    static const signature sig = {"batch_set_ttl", 2, 2, {"keys", "ttl_ms"}};
    call c;
    int64_t ttl_ms = 0;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_int(&c, 1, &ttl_ms, INT64_MAX))
        result = set_priority(&c, MMC_KEEP, ttl_ms < 0 ? INT64_MAX : ttl_ms);
    call_end(&c);
    return result;
}

METHOD(store_remove)
{
    static const signature sig = {"remove", 1, 1, {"key"}};
    call c;
    mmc_key key;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_key(&c, 0, &key))
        return NULL;
    const mmc_store_t handle = c.store->handle;
    int32_t status;
    WITHOUT_LOCK(status = mmc_store_remove(handle, key));
    return PyLong_FromLong(status);
}

METHOD(store_remove_batch)
{
    static const signature sig = {"remove_batch", 1, 1, {"keys"}};
    call c;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0)) {
        ASK(&c, mmc_store_remove_batch(handle, c.keys, c.count, c.results));
        result = list_of_results(&c);
    }
    call_end(&c);
    return result;
}

METHOD(store_remove_all)
{
    static const signature sig = {"remove_all", 0, 0, {NULL}};
    call c;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames))
        return NULL;
    const mmc_store_t handle = c.store->handle;
    int32_t status;
    WITHOUT_LOCK(status = mmc_store_remove_all(handle));
    return PyLong_FromLong(status);
}

METHOD(store_get_key_info)
{
    static const signature sig = {"get_key_info", 1, 2, {"key", "flag"}};
    call c;
    mmc_key key;
    int64_t flag = 0;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_key(&c, 0, &key) || !take_int(&c, 1, &flag, 0))
        return NULL;
    const mmc_store_t handle = c.store->handle;
    mmc_object_info info;
    int32_t status;
    WITHOUT_LOCK(status = mmc_store_query_batch(handle, &key, 1, &info));
    return key_info_new(status == MMC_OK ? &info : NULL);
}

METHOD(store_batch_get_key_info)
{
    static const signature sig = {"batch_get_key_info", 1, 2, {"keys", "flag"}};
    call c;
    int64_t flag = 0;
    PyObject *list = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0) && take_int(&c, 1, &flag, 0)) {
        mmc_object_info *infos = call_take(&c, c.count, sizeof(*infos));
        int32_t status = MMC_ERROR;
        if (infos != NULL) {
            ASK(&c, status = mmc_store_query_batch(handle, c.keys, c.count, infos));
            list = PyList_New((Py_ssize_t)c.count);
        }
        for (uint32_t i = 0; list != NULL && i < c.count; i++) {
            PyObject *info = key_info_new(status == MMC_OK ? &infos[i] : NULL);
            if (info == NULL || PyList_SetItem(list, (Py_ssize_t)i, info) != 0) {
                Py_DECREF(list);
                list = NULL;
            }
        }
    }
    call_end(&c);
    return list;
}
