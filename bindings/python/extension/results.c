#include "store.h"

PyObject *list_of_results(call *c)
{
    PyObject *list = PyList_New((Py_ssize_t)c->count);
    for (uint32_t i = 0; list != NULL && i < c->count; i++) {
        PyObject *code = PyLong_FromLong(c->verdict != MMC_OK ? c->verdict : c->results[i]);
        if (code == NULL || PyList_SetItem(list, (Py_ssize_t)i, code) != 0) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

int32_t first_failure(const call *c)
{
    for (uint32_t i = 0; c->verdict == MMC_OK && i < c->count; i++) {
        if (c->results[i] != MMC_OK)
            return c->results[i];
    }
    return c->verdict;
}
