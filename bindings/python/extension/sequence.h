/* A list, a tuple or what can be made a list: read item by item while nobody can pull it away. */
#ifndef MEMCACHE_SEQUENCE_H
#define MEMCACHE_SEQUENCE_H

#include "store.h"

typedef struct {
    PyObject *object; /* list or tuple */
    bool is_list;
    Py_ssize_t count;
} sequence;

/* False: not one of these; an exception may be set. Close it only after true. */
bool sequence_open(sequence *s, PyObject *object);
void sequence_close(sequence *s);

/* Borrowed. NULL with an exception: it has become shorter, which code behind __index__ can do. */
static inline PyObject *sequence_item(const sequence *s, Py_ssize_t index)
{
    return s->is_list ? PyList_GetItem(s->object, index) : PyTuple_GetItem(s->object, index);
}

/* A one-dimensional, contiguous array of integers of 4 or 8 bytes, such as numpy's. */
typedef struct {
    Py_buffer view;
    bool is_signed;
} int_array;

/* False, without an exception: it is none. */
bool int_array_open(int_array *a, PyObject *object);
void int_array_copy(const int_array *a, size_t first, size_t count, uint64_t otherwise, uint64_t *items);

#endif
