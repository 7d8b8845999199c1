/* The type KeyInfo: what is known of one object. */
#include <stdio.h>
#include <string.h>

#include "store.h"

typedef struct {
    PyObject_HEAD
    mmc_object_info info;
} key_info;

static PyObject *key_info_type;

static uint32_t replica_count(PyObject *self)
{
    uint32_t count = ((key_info *)self)->info.replica_count;
    return count > 8 ? 8 : count;
}

static PyObject *list_of_i32(const int32_t *items, uint32_t count)
{
    PyObject *list = PyList_New(count);
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        PyObject *item = PyLong_FromLong(items[i]);
        if (item == NULL || PyList_SetItem(list, i, item) != 0) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

static PyObject *size(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(((key_info *)self)->info.size);
}

static PyObject *loc_list(PyObject *self, PyObject *unused)
{
    (void)unused;
    return list_of_i32(((key_info *)self)->info.ranks, replica_count(self));
}

static PyObject *type_list(PyObject *self, PyObject *unused)
{
    (void)unused;
    return list_of_i32(((key_info *)self)->info.media, replica_count(self));
}

static PyObject *gva_list(PyObject *self, PyObject *unused)
{
    (void)unused;
    uint32_t count = replica_count(self);
    PyObject *list = PyList_New(count);
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        PyObject *item = PyLong_FromUnsignedLongLong(((key_info *)self)->info.addresses[i]);
        if (item == NULL || PyList_SetItem(list, i, item) != 0) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

static PyObject *text(PyObject *self)
{
    static const char *const media[] = {"HBM", "DRAM", "SSD"};
    const mmc_object_info *info = &((key_info *)self)->info;
    char line[512];
    int used = snprintf(line, sizeof(line), "KeyInfo(size=%llu, replicas=[", (unsigned long long)info->size);
    for (uint32_t i = 0; i < replica_count(self); i++) {
        const char *medium = info->media[i] >= 0 && info->media[i] <= 2 ? media[info->media[i]] : "?";
        used += snprintf(line + used, sizeof(line) - (size_t)used, "%srank %d %s 0x%llx", i == 0 ? "" : ", ",
                         (int)info->ranks[i], medium, (unsigned long long)info->addresses[i]);
    }
    return PyUnicode_FromFormat("%s])", line);
}

static PyObject *text_method(PyObject *self, PyObject *unused)
{
    (void)unused;
    return text(self);
}

static void dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

PyObject *key_info_new(const mmc_object_info *info)
{
    PyTypeObject *type = (PyTypeObject *)key_info_type;
    key_info *self = (key_info *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (self != NULL && info != NULL)
        self->info = *info;
    return (PyObject *)self;
}

static PyMethodDef methods[] = {
    {"size", size, METH_NOARGS, "size($self)\n--\n\nBytes of the object; 0: there is none."},
    {"loc_list", loc_list, METH_NOARGS, "loc_list($self)\n--\n\nThe rank that holds each replica."},
    {"type_list", type_list, METH_NOARGS,
     "type_list($self)\n--\n\nThe medium of each replica: 0 HBM, 1 DRAM, 2 SSD."},
    {"gva_list", gva_list, METH_NOARGS, "gva_list($self)\n--\n\nThe global address of each replica, for batch_copy."},
    {"str", text_method, METH_NOARGS, "str($self)\n--\n\nThe same as str(info): size and replicas as text."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "KeyInfo()\n--\n\nWhat is known of an object: its size, and where its replicas are. Without an object "
                "everything is empty."},
    {Py_tp_methods, methods},
    {Py_tp_str, text},
    {Py_tp_repr, text},
    {Py_tp_dealloc, dealloc},
    {0, NULL},
};

static PyType_Spec spec = {"memcache_hybrid.KeyInfo", sizeof(key_info), 0, Py_TPFLAGS_DEFAULT, slots};

bool key_info_ready(PyObject *module)
{
    key_info_type = PyType_FromSpec(&spec);
    if (key_info_type == NULL)
        return false;
    Py_INCREF(key_info_type);
    return PyModule_AddObject(module, "KeyInfo", key_info_type) == 0;
}
