/* Opening and closing a store, and what it is besides its objects. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "errors.h"

METHOD(store_setup)
{
    static const signature sig = {"setup", 1, 1, {"config"}};
    call c;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames))
        return NULL;
    PyObject *module = PyImport_ImportModule("memcache_hybrid._config");
    PyObject *text = module == NULL ? NULL : PyObject_CallMethod(module, "local_config_text", "O", c.arguments[0]);
    Py_XDECREF(module);
    if (text == NULL) {
        wrong_type(&c, 0, "a LocalConfig", c.arguments[0]);
        return NULL;
    }
    /* None: a value that no line of a file can hold; the log says which. */
    const char *utf8 = text == Py_None ? NULL : PyUnicode_AsUTF8AndSize(text, NULL);
    char *copy = utf8 == NULL ? NULL : strdup(utf8);
    PyErr_Clear();
    Py_DECREF(text);
    if (copy == NULL)
        return PyLong_FromLong(MMC_INVALID_PARAMETER);
    free(c.store->config);
    c.store->config = copy;
    return PyLong_FromLong(MMC_OK);
}

/* Says in the log why a store did not open: the code alone does not tell which line of a file is wrong. */
static void report(int32_t status, const char *why)
{
    PyObject *module = PyImport_ImportModule("memcache_hybrid._config");
    PyObject *done = module == NULL ? NULL : PyObject_CallMethod(module, "report_failed_init", "is", (int)status, why);
    if (done == NULL && PyErr_ExceptionMatches(PyExc_Exception))
        PyErr_Clear();
    Py_XDECREF(module);
    Py_XDECREF(done);
}

static int32_t open_store(store_object *store, int64_t device, bool contribute)
{
    mmc_store_t handle = 0;
    int32_t status;
    char *config = store->config == NULL ? NULL : strdup(store->config);
    if (store->config != NULL && config == NULL)
        return MMC_NOT_ENOUGH_MEMORY;
    store->opening = true;
    WITHOUT_LOCK(status = mmc_store_open(config, (int32_t)device, contribute ? 1 : 0, &handle));
    store->opening = false;
    free(config);
    if (status != MMC_OK) {
        char why[1024];
        strncpy(why, mmc_last_error(), sizeof(why) - 1);
        why[sizeof(why) - 1] = 0;
        report(status, why);
        return status;
    }
    store->handle = handle;
    return MMC_OK;
}

METHOD(store_init)
{
    static const signature sig = {"init", 1, 2, {"device_id", "init_bm"}};
    call c;
    int64_t device = 0;
    bool contribute = true;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames) || !take_int(&c, 0, &device, INT64_MAX) ||
        !take_truth(&c, 1, &contribute))
        return NULL;
    int32_t status;
    if (device < INT32_MIN || device > INT32_MAX)
        status = MMC_INVALID_PARAMETER;
    else if (c.store->handle != 0 || c.store->opening)
        status = MMC_REPEATED_CALL;
    else
        status = open_store(c.store, device, contribute);
    return PyErr_Occurred() != NULL ? NULL : PyLong_FromLong(status);
}

METHOD(store_close)
{
    static const signature sig = {"close", 0, 0, {NULL}};
    call c;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames))
        return NULL;
    int32_t status = MMC_OK;
    mmc_store_t handle = c.store->handle;
    c.store->handle = 0;
    if (handle != 0)
        WITHOUT_LOCK(status = mmc_store_close(handle));
    return PyLong_FromLong(status);
}

METHOD(store_rank)
{
    static const signature sig = {"get_local_service_id", 0, 0, {NULL}};
    call c;
    if (!call_begin(&c, self, &sig, args, nargs, kwnames))
        return NULL;
    const mmc_store_t handle = c.store->handle;
    int32_t rank = -1;
    int32_t status;
    WITHOUT_LOCK(status = mmc_store_rank(handle, &rank));
    return PyLong_FromLong(status == MMC_OK ? rank : status);
}

static PyObject *with_memory(PyObject *self, const signature *sig, PyObject *const *args, Py_ssize_t nargs,
                             PyObject *kwnames, int32_t (*function)(mmc_store_t, uint64_t, uint64_t))
{
    call c;
    uint64_t address, size;
    if (!call_begin(&c, self, sig, args, nargs, kwnames) || !take_u64(&c, 0, &address, 0) || !take_u64(&c, 1, &size, 0))
        return NULL;
    const mmc_store_t handle = c.store->handle;
    int32_t status;
    WITHOUT_LOCK(status = function(handle, address, size));
    return PyLong_FromLong(status);
}

METHOD(store_register)
{
    static const signature sig = {"register_buffer", 2, 2, {"ptr", "size"}};
    return with_memory(self, &sig, args, nargs, kwnames, mmc_store_register);
}

METHOD(store_unregister)
{
    static const signature sig = {"unregister_buffer", 2, 2, {"ptr", "size"}};
    return with_memory(self, &sig, args, nargs, kwnames, mmc_store_unregister);
}

PyObject *store_handle(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(((store_object *)self)->handle);
}

void store_dealloc(PyObject *self)
{
    store_object *store = (store_object *)self;
    PyTypeObject *type = Py_TYPE(self);
    mmc_store_t handle = store->handle;
    store->handle = 0;
    if (handle != 0)
        WITHOUT_LOCK(mmc_store_close(handle));
    for (int i = 0; i < store->spare_count; i++)
        arena_free(store->spares[i]);
    free(store->config);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}
