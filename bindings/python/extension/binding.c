/* From the interpreter's call to the slots of a signature, and back out of it. */
#include <string.h>

#include "errors.h"

/* Names that some callers use for the same thing. */
static const char *const other_names[][2] = {
    {"ptr", "buffer_ptr"},
    {"ptrs", "buffer_ptrs"},
    {"gvas", "gva_ptrs"},
};

static bool is_name(PyObject *given, const char *name)
{
    if (PyUnicode_CompareWithASCIIString(given, name) == 0)
        return true;
    for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++) {
        if (strcmp(name, other_names[i][0]) == 0)
            return PyUnicode_CompareWithASCIIString(given, other_names[i][1]) == 0;
    }
    return false;
}

static bool bind_keyword(call *c, PyObject *name, PyObject *value)
{
    for (int i = 0; i < c->sig->count; i++) {
        if (!is_name(name, c->sig->names[i]))
            continue;
        if (c->arguments[i] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s(): argument '%s' is given twice", c->sig->method, c->sig->names[i]);
            return false;
        }
        c->arguments[i] = value;
        return true;
    }
    PyErr_Format(PyExc_TypeError, "%s(): there is no argument '%U'", c->sig->method, name);
    return false;
}

static bool bind(call *c, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs > c->sig->count) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %d arguments, %zd are given", c->sig->method, c->sig->count,
                     nargs);
        return false;
    }
    for (Py_ssize_t i = 0; i < nargs; i++)
        c->arguments[i] = args[i];
    Py_ssize_t named = kwnames == NULL ? 0 : PyTuple_Size(kwnames);
    for (Py_ssize_t i = 0; i < named; i++) {
        if (!bind_keyword(c, PyTuple_GetItem(kwnames, i), args[nargs + i]))
            return false;
    }
    for (int i = 0; i < c->sig->required; i++) {
        if (c->arguments[i] == NULL) {
            PyErr_Format(PyExc_TypeError, "%s(): argument '%s' is missing", c->sig->method, c->sig->names[i]);
            return false;
        }
    }
    return true;
}

bool call_begin(call *c, PyObject *self, const signature *sig, PyObject *const *args, Py_ssize_t nargs,
                PyObject *kwnames)
{
    memset(c, 0, sizeof(*c));
    c->store = (store_object *)self;
    c->sig = sig;
    return bind(c, args, nargs, kwnames);
}

void *call_take(call *c, size_t count, size_t item_bytes)
{
    store_object *store = c->store;
    if (c->scratch == NULL)
        c->scratch = store->spare_count > 0 ? store->spares[--store->spare_count] : arena_new();
    void *piece = c->scratch == NULL ? NULL : arena_take(c->scratch, count * item_bytes);
    if (piece == NULL)
        no_memory();
    return piece;
}

void call_end(call *c)
{
    for (uint32_t i = 0; i < c->held_count; i++)
        Py_DECREF(c->held[i]);
    for (uint32_t i = 0; i < c->value_count; i++)
        PyBuffer_Release(&c->values[i]);
    if (c->scratch == NULL)
        return;
    store_object *store = c->store;
    if (store->spare_count < SPARE_ARENA_COUNT) {
        arena_reset(c->scratch);
        store->spares[store->spare_count++] = c->scratch;
    } else {
        arena_free(c->scratch);
    }
}
