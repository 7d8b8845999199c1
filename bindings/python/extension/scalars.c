#include "scalars.h"

#include "errors.h"

_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "pointers are read as unsigned long");

/* Borrowed if `object` is an int, else new, with `owned` set. NULL: it is no integer. */
static PyObject *as_int(PyObject *object, PyObject **owned)
{
    *owned = NULL;
    if (Py_TYPE(object) == &PyLong_Type || PyLong_Check(object))
        return object;
    if (PyFloat_Check(object) || PyUnicode_Check(object))
        return NULL; /* said before PyNumber_Index has to format an error */
    *owned = PyNumber_Index(object);
    return *owned;
}

bool read_u64(PyObject *object, uint64_t *value, uint64_t otherwise)
{
    PyObject *owned;
    PyObject *number = as_int(object, &owned);
    if (number == NULL)
        return false;
    /* Not ...LongLong: for numbers as large as pointers that one takes twice as long. */
    unsigned long read = PyLong_AsUnsignedLong(number);
    if (read == (unsigned long)-1 && PyErr_Occurred() != NULL) {
        PyErr_Clear(); /* negative, or beyond 64 bits */
        read = otherwise;
    }
    Py_XDECREF(owned);
    *value = read;
    return true;
}

bool read_i64(PyObject *object, int64_t *value, int64_t otherwise)
{
    PyObject *owned;
    PyObject *number = as_int(object, &owned);
    if (number == NULL)
        return false;
    int overflow = 0;
    long long read = PyLong_AsLongLongAndOverflow(number, &overflow);
    Py_XDECREF(owned);
    *value = overflow != 0 ? otherwise : read;
    return true;
}

bool read_key(PyObject *object, mmc_key *key)
{
    Py_ssize_t size = 0;
    if (Py_TYPE(object) == &PyUnicode_Type || PyUnicode_Check(object)) {
        key->data = PyUnicode_AsUTF8AndSize(object, &size);
        if (key->data == NULL) {
            PyErr_Clear();
            key->data = "";
            size = 0;
        }
    } else if (PyBytes_Check(object)) {
        key->data = PyBytes_AsString(object);
        size = PyBytes_Size(object);
    } else {
        return false;
    }
    key->size = (size_t)size;
    return true;
}

bool take_key(call *c, int argument, mmc_key *key)
{
    PyObject *object = c->arguments[argument];
    return read_key(object, key) || wrong_type(c, argument, "a str", object);
}

bool take_u64(call *c, int argument, uint64_t *value, uint64_t otherwise)
{
    PyObject *object = c->arguments[argument];
    return read_u64(object, value, otherwise) || wrong_type(c, argument, "an int", object);
}

bool take_int(call *c, int argument, int64_t *value, int64_t otherwise)
{
    PyObject *object = c->arguments[argument];
    return object == NULL || read_i64(object, value, otherwise) || wrong_type(c, argument, "an int", object);
}

bool take_truth(call *c, int argument, bool *value)
{
    PyObject *object = c->arguments[argument];
    int64_t number = 0;
    if (object == NULL)
        return true;
    if (!read_i64(object, &number, 1))
        return wrong_type(c, argument, "a bool", object);
    *value = number != 0;
    return true;
}

bool take_direction(call *c, int argument, bool into_pool)
{
    int64_t direction = into_pool ? MMC_H2G : MMC_G2H;
    if (!take_int(c, argument, &direction, -1))
        return false;
    bool legal = direction == MMC_AUTO ||
                 (into_pool ? direction == MMC_L2G || direction == MMC_H2G
                            : direction == MMC_G2L || direction == MMC_G2H);
    if (!legal && c->verdict == MMC_OK)
        c->verdict = MMC_ERROR;
    c->direction = (int32_t)(legal ? direction : MMC_AUTO);
    return true;
}

bool take_value(call *c, int argument, Py_buffer *value)
{
    PyObject *object = c->arguments[argument];
    return PyObject_GetBuffer(object, value, PyBUF_SIMPLE) == 0 ||
           wrong_type(c, argument, "a contiguous bytes-like object", object);
}
