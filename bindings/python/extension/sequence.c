#include "sequence.h"

#include <string.h>

bool sequence_open(sequence *s, PyObject *object)
{
    s->is_list = PyList_Check(object) != 0;
    if (s->is_list || PyTuple_Check(object)) {
        Py_INCREF(object);
        s->object = object;
        s->count = s->is_list ? PyList_Size(object) : PyTuple_Size(object);
        return true;
    }
    if (PyUnicode_Check(object) || PyBytes_Check(object) || PyByteArray_Check(object) || !PySequence_Check(object) ||
        PySequence_Size(object) < 0)
        return false;
    s->object = PySequence_List(object);
    s->is_list = true;
    s->count = s->object == NULL ? 0 : PyList_Size(s->object);
    return s->object != NULL;
}

void sequence_close(sequence *s)
{
    Py_DECREF(s->object);
}

/* Native or little-endian integers; everything else is read item by item. */
static bool is_integer_format(const char *format, Py_ssize_t item_bytes, bool *is_signed)
{
    if (format == NULL || (item_bytes != 4 && item_bytes != 8))
        return false;
    if (*format == '@' || *format == '=' || *format == '<')
        format++;
    if (*format == 0 || format[1] != 0)
        return false;
    *is_signed = strchr("ilqn", *format) != NULL;
    return *is_signed || strchr("ILQN", *format) != NULL;
}

bool int_array_open(int_array *a, PyObject *object)
{
    if (PyList_Check(object) || PyTuple_Check(object) || PyUnicode_Check(object) || PyBytes_Check(object))
        return false;
    if (PyObject_GetBuffer(object, &a->view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) {
        if (PyErr_ExceptionMatches(PyExc_Exception))
            PyErr_Clear();
        return false;
    }
    if (a->view.ndim == 1 && is_integer_format(a->view.format, a->view.itemsize, &a->is_signed))
        return true;
    PyBuffer_Release(&a->view);
    return false;
}

void int_array_copy(const int_array *a, size_t first, size_t count, uint64_t otherwise, uint64_t *items)
{
    const char *source = (const char *)a->view.buf + first * (size_t)a->view.itemsize;
    for (size_t i = 0; i < count; i++, source += a->view.itemsize) {
        int64_t wide;
        if (a->view.itemsize == 8) {
            memcpy(&wide, source, 8);
        } else {
            int32_t narrow;
            memcpy(&narrow, source, 4);
            wide = a->is_signed ? narrow : (int64_t)(uint32_t)narrow;
        }
        items[i] = a->is_signed && wide < 0 ? otherwise : (uint64_t)wide;
    }
}
