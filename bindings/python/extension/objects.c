/* What asks about objects, and removes them. */
#include <string.h>

#include "ask.h"

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
