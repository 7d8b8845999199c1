/* What reads objects into bytes. */
#include "ask.h"

/*
 * Objects up to this size are read in one request: their bytes are copied once more, which costs less than asking for
 * the size.
 */
#define SMALL_BYTES 65536

/* How often an object may be replaced by a larger one between asking for its size and reading it. */
#define ATTEMPT_COUNT_MAX 3

static PyObject *no_bytes(void)
{
    return PyBytes_FromStringAndSize("", 0);
}

/* The memory of a new bytes object; nobody else has seen it, so it may be written without the lock. */
static PyObject *new_bytes(uint64_t size)
{
    PyObject *bytes = size > (uint64_t)PY_SSIZE_T_MAX ? NULL : PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (bytes == NULL)
        PyErr_Clear(); /* too large for this process: for its caller as good as absent */
    return bytes;
}

static PyObject *get_known(call *c, mmc_key key, uint64_t size)
{
    const mmc_store_t handle = c->store->handle;
    for (int attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt++) {
        const uint64_t room = size;
        PyObject *bytes = new_bytes(room);
        if (bytes == NULL)
            break;
        void *data = PyBytes_AsString(bytes);
        int32_t status;
        WITHOUT_LOCK(status = mmc_store_get(handle, key, data, (size_t)room, &size));
        if (status == MMC_OK && size == room)
            return bytes;
        Py_DECREF(bytes);
        if (status != MMC_OK && status != MMC_SIZE_MISMATCH)
            break;
    }
    return no_bytes();
}

static PyObject *get_one(call *c, mmc_key key)
{
    const mmc_store_t handle = c->store->handle;
    char *data = call_take(c, 1, SMALL_BYTES);
    if (data == NULL)
        return NULL;
    uint64_t size = 0;
    int32_t status;
    WITHOUT_LOCK(status = mmc_store_get(handle, key, data, SMALL_BYTES, &size));
    if (status == MMC_OK && size <= SMALL_BYTES)
        return PyBytes_FromStringAndSize(data, (Py_ssize_t)size);
    return status == MMC_SIZE_MISMATCH && size > SMALL_BYTES ? get_known(c, key, size) : no_bytes();
}

METHOD(store_get)
{
    static const signature sig = {"get", 1, 1, {"key"}};
    call c;
    mmc_key key;
    PyObject *result = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_key(&c, 0, &key))
        result = get_one(&c, key);
    call_end(&c);
    return result;
}

/* What a batch of gets needs beyond its keys: those that are there, and where their bytes go. */
typedef struct {
    mmc_object_info *infos;
    mmc_key *keys;
    uint32_t *places;
    uint64_t *addresses;
    uint64_t *sizes;
    uint32_t count;
} found;

static bool found_take(call *c, found *f)
{
    return (f->infos = call_take(c, c->count, sizeof(*f->infos))) != NULL &&
           (f->keys = call_take(c, c->count, sizeof(*f->keys))) != NULL &&
           (f->places = call_take(c, c->count, sizeof(*f->places))) != NULL &&
           (f->addresses = call_take(c, c->count, sizeof(*f->addresses))) != NULL &&
           (f->sizes = call_take(c, c->count, sizeof(*f->sizes))) != NULL;
}

/* Fills the list: room for what is there, b"" for what is not. */
static bool found_allocate(const call *c, found *f, PyObject *list)
{
    f->count = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        PyObject *bytes = f->infos[i].size == 0 ? NULL : new_bytes(f->infos[i].size);
        if (bytes != NULL) {
            f->keys[f->count] = c->keys[i];
            f->places[f->count] = i;
            f->addresses[f->count] = (uint64_t)(uintptr_t)PyBytes_AsString(bytes);
            f->sizes[f->count++] = f->infos[i].size;
        } else {
            bytes = no_bytes();
        }
        if (bytes == NULL || PyList_SetItem(list, (Py_ssize_t)i, bytes) != 0)
            return false;
    }
    return true;
}

/* Replaces what could not be read: by what is there now if its size has changed, else by b"". */
static bool found_repair(call *c, const found *f, PyObject *list)
{
    for (uint32_t i = 0; i < f->count; i++) {
        if (c->results[i] == MMC_OK)
            continue;
        PyObject *bytes = c->results[i] == MMC_SIZE_MISMATCH ? get_one(c, f->keys[i]) : no_bytes();
        if (bytes == NULL || PyList_SetItem(list, (Py_ssize_t)f->places[i], bytes) != 0)
            return false;
    }
    return true;
}

static bool get_found(call *c, PyObject *list)
{
    found f;
    int32_t status = c->verdict;
    const mmc_store_t handle = c->store->handle;
    if (!found_take(c, &f))
        return false;
    if (status == MMC_OK)
        WITHOUT_LOCK(status = mmc_store_query_batch(handle, c->keys, c->count, f.infos));
    for (uint32_t i = 0; status != MMC_OK && i < c->count; i++)
        f.infos[i].size = 0;
    if (!found_allocate(c, &f, list))
        return false;
    if (f.count == 0)
        return true;
    const mmc_buffers buffers = {f.addresses, f.sizes, NULL};
    WITHOUT_LOCK(mmc_store_get_batch(handle, f.keys, f.count, &buffers, MMC_G2H, c->results));
    return found_repair(c, &f, list);
}

METHOD(store_get_batch)
{
    static const signature sig = {"get_batch", 1, 1, {"keys"}};
    call c;
    PyObject *list = NULL;
    if (call_begin(&c, self, &sig, args, nargs, kwnames) && take_keys(&c, 0)) {
        list = PyList_New((Py_ssize_t)c.count);
        if (list != NULL && c.count > 0 && !get_found(&c, list)) {
            Py_DECREF(list);
            list = NULL;
        }
    }
    call_end(&c);
    return list;
}
