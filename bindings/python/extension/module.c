/* The module memcache_hybrid._store: DistributedObjectStore, KeyInfo, and what the Python part of the package needs. */
#include <string.h>

#include "methods.h"
#include "store.h"

static PyGetSetDef store_members[] = {
    {"_handle", store_handle, NULL,
     "The store's handle in libmf_memcache.so, for tools that call the library themselves.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot store_slots[] = {
    {Py_tp_doc,
     "DistributedObjectStore()\n--\n\n"
     "A store of the pool. Calls come from any thread and release the interpreter lock; what goes wrong at run time\n"
     "is a code, never an exception; an argument of a wrong type is a TypeError that names it."},
    {Py_tp_methods, store_methods},
    {Py_tp_getset, store_members},
    {Py_tp_dealloc, store_dealloc},
    {0, NULL},
};

static PyType_Spec store_spec = {
    "memcache_hybrid.DistributedObjectStore", sizeof(store_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    store_slots,
};

static PyObject *last_error(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    const char *why = mmc_last_error();
    return PyUnicode_DecodeUTF8(why, (Py_ssize_t)strlen(why), "replace");
}

static PyMethodDef functions[] = {
    {"last_error", last_error, METH_NOARGS,
     "last_error()\n--\n\nWhy the last call of this thread failed, as a sentence; \"\" if it did not."},
    {"spawn", spawn, METH_VARARGS, "spawn(arguments, environment)\n--\n\nStarts a program that ends with its parent."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "memcache_hybrid._store", "Calls into libmf_memcache.so.", -1, functions, NULL, NULL, NULL,
    NULL,
};

static bool add_constants(PyObject *module)
{
    return PyModule_AddIntConstant(module, "L2G", MMC_L2G) == 0 &&
           PyModule_AddIntConstant(module, "G2L", MMC_G2L) == 0 &&
           PyModule_AddIntConstant(module, "G2H", MMC_G2H) == 0 &&
           PyModule_AddIntConstant(module, "H2G", MMC_H2G) == 0 &&
           PyModule_AddIntConstant(module, "AUTO", MMC_AUTO) == 0 &&
           PyModule_AddStringConstant(module, "__version__", mmc_version()) == 0;
}

PyMODINIT_FUNC PyInit__store(void)
{
    PyObject *module = PyModule_Create(&definition);
    PyObject *type = module == NULL ? NULL : PyType_FromSpec(&store_spec);
    if (type != NULL && PyModule_AddObject(module, "DistributedObjectStore", type) == 0 && key_info_ready(module) &&
        add_constants(module))
        return module;
    Py_XDECREF(module);
    return NULL;
}
