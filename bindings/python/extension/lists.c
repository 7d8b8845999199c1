/* Lists of keys, of integers and of values. */
#include "errors.h"
#include "scalars.h"
#include "sequence.h"

bool settle_count(call *c, size_t count)
{
    if (!c->is_counted) {
        c->is_counted = true;
        c->count = (uint32_t)count;
        c->results = call_take(c, count, sizeof(int32_t));
        if (c->results == NULL)
            return false;
    }
    if (count != c->count || count > BATCH_COUNT_MAX)
        c->verdict = MMC_INVALID_PARAMETER;
    return true;
}

static bool open_list(call *c, int argument, const char *expected, sequence *s)
{
    PyObject *object = c->arguments[argument];
    if (!sequence_open(s, object))
        return wrong_type(c, argument, expected, object);
    if (settle_count(c, (size_t)s->count))
        return true;
    sequence_close(s);
    return false;
}

static bool hold_keys(call *c, int argument, const sequence *s)
{
    for (Py_ssize_t i = 0; i < s->count; i++) {
        PyObject *item = sequence_item(s, i);
        if (item == NULL)
            return changed_meanwhile(c, argument);
        if (!read_key(item, &c->keys[i]))
            return wrong_item(c, argument, "a list of str", i, item);
        /* Another thread may change the list while the lock is released. */
        Py_INCREF(item);
        c->held[i] = item;
        c->held_count = (uint32_t)i + 1;
    }
    return true;
}

bool take_keys(call *c, int argument)
{
    sequence s;
    if (!open_list(c, argument, "a list of str", &s))
        return false;
    bool good = true;
    if (s.count <= BATCH_COUNT_MAX) {
        c->keys = call_take(c, (size_t)s.count, sizeof(mmc_key));
        c->held = c->keys == NULL ? NULL : call_take(c, (size_t)s.count, sizeof(PyObject *));
        good = c->held != NULL && hold_keys(c, argument, &s);
    }
    sequence_close(&s);
    return good;
}

static bool read_items(call *c, int argument, const sequence *s, uint64_t *items, uint64_t otherwise)
{
    for (Py_ssize_t i = 0; i < s->count; i++) {
        PyObject *item = sequence_item(s, i);
        if (item == NULL)
            return changed_meanwhile(c, argument);
        Py_INCREF(item);
        bool good = read_u64(item, &items[i], otherwise) || wrong_item(c, argument, "a list of int", i, item);
        Py_DECREF(item);
        if (!good)
            return false;
    }
    return true;
}

static bool take_array(call *c, int_array *array, uint64_t **items, uint64_t otherwise)
{
    size_t count = (size_t)array->view.shape[0];
    bool good = settle_count(c, count);
    if (good && count <= BATCH_COUNT_MAX) {
        *items = call_take(c, count, sizeof(uint64_t));
        good = *items != NULL;
        if (good)
            int_array_copy(array, 0, count, otherwise, *items);
    }
    PyBuffer_Release(&array->view);
    return good;
}

bool take_u64s(call *c, int argument, uint64_t **items, uint64_t otherwise)
{
    int_array array;
    *items = NULL;
    if (int_array_open(&array, c->arguments[argument]))
        return take_array(c, &array, items, otherwise);
    sequence s;
    if (!open_list(c, argument, "a list of int", &s))
        return false;
    bool good = true;
    if (s.count <= BATCH_COUNT_MAX) {
        *items = call_take(c, (size_t)s.count, sizeof(uint64_t));
        good = *items != NULL && read_items(c, argument, &s, *items, otherwise);
    }
    sequence_close(&s);
    return good;
}

bool take_i32s(call *c, int argument, int32_t **items)
{
    sequence s;
    *items = NULL;
    if (!open_list(c, argument, "a list of int", &s))
        return false;
    bool good = true;
    if (s.count <= BATCH_COUNT_MAX) {
        *items = call_take(c, (size_t)s.count, sizeof(int32_t));
        good = *items != NULL;
        for (Py_ssize_t i = 0; good && i < s.count; i++) {
            int64_t number = -1;
            PyObject *item = sequence_item(&s, i);
            if (item == NULL) {
                good = changed_meanwhile(c, argument);
                break;
            }
            Py_INCREF(item);
            good = read_i64(item, &number, -1) || wrong_item(c, argument, "a list of int", i, item);
            Py_DECREF(item);
            (*items)[i] = number < INT32_MIN || number > INT32_MAX ? -1 : (int32_t)number;
        }
    }
    sequence_close(&s);
    return good;
}

bool take_values(call *c, int argument)
{
    sequence s;
    if (!open_list(c, argument, "a list of bytes-like objects", &s))
        return false;
    bool good = true;
    if (s.count <= BATCH_COUNT_MAX) {
        c->values = call_take(c, (size_t)s.count, sizeof(Py_buffer));
        good = c->values != NULL;
        for (Py_ssize_t i = 0; good && i < s.count; i++) {
            PyObject *item = sequence_item(&s, i);
            good = item != NULL ? PyObject_GetBuffer(item, &c->values[i], PyBUF_SIMPLE) == 0 ||
                                      wrong_item(c, argument, "a list of contiguous bytes-like objects", i, item)
                                : changed_meanwhile(c, argument);
            if (good)
                c->value_count = (uint32_t)i + 1;
        }
    }
    sequence_close(&s);
    return good;
}

bool take_buffers(call *c, int pointers, int sizes)
{
    uint64_t *address_items, *size_items;
    if (!take_u64s(c, pointers, &address_items, 0) || !take_u64s(c, sizes, &size_items, 0))
        return false;
    c->buffers.addresses = address_items;
    c->buffers.sizes = size_items;
    return true;
}
