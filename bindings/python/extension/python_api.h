/*
 * Python's C interface as this extension uses it: the limited API of 3.8, so that one binary serves every later
 * version, and five things
 * that are younger in the limited API than in Python itself. Their names and layouts have been the same in every
 * version since 3.3;
 * tests load the same binary in each version that is installed.
 */
#ifndef MEMCACHE_PYTHON_API_H
#define MEMCACHE_PYTHON_API_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03080000
#include <Python.h>

#ifndef METH_FASTCALL /* limited API since 3.10; the calling convention is that of 3.7 */
#define METH_FASTCALL 0x0080
#endif

/* Limited API since 3.10. Borrowed from the str, valid as long as it. */
PyAPI_FUNC(const char *) PyUnicode_AsUTF8AndSize(PyObject *text, Py_ssize_t *size);

#ifndef PyBUF_SIMPLE /* limited API since 3.11 */
typedef struct {
    void *buf;
    PyObject *obj;
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;

#define PyBUF_SIMPLE 0
#define PyBUF_FORMAT 0x0004
#define PyBUF_ND 0x0008
#define PyBUF_STRIDES (0x0010 | PyBUF_ND)
#define PyBUF_C_CONTIGUOUS (0x0020 | PyBUF_STRIDES)

PyAPI_FUNC(int) PyObject_GetBuffer(PyObject *object, Py_buffer *view, int flags);
PyAPI_FUNC(void) PyBuffer_Release(Py_buffer *view);
#endif

#endif
