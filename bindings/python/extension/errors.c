#include "errors.h"

/* Takes away what is pending; false: it has to stay. */
static bool replaceable(void)
{
    if (PyErr_Occurred() == NULL)
        return true;
    if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError))
        return false;
    PyErr_Clear();
    return true;
}

static PyObject *type_name(PyObject *object)
{
    PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__name__");
    if (name != NULL && PyUnicode_Check(name))
        return name;
    PyErr_Clear();
    Py_XDECREF(name);
    return PyUnicode_FromString("?");
}

bool wrong_type(const call *c, int argument, const char *expected, PyObject *got)
{
    if (!replaceable())
        return false;
    PyObject *name = type_name(got);
    if (name != NULL)
        PyErr_Format(PyExc_TypeError, "%s(): argument '%s' must be %s, not %U", c->sig->method,
                     c->sig->names[argument], expected, name);
    Py_XDECREF(name);
    return false;
}

bool wrong_item(const call *c, int argument, const char *expected, Py_ssize_t index, PyObject *got)
{
    if (!replaceable())
        return false;
    PyObject *name = type_name(got);
    if (name != NULL)
        PyErr_Format(PyExc_TypeError, "%s(): argument '%s' must be %s, but item %zd is of type %U", c->sig->method,
                     c->sig->names[argument], expected, index, name);
    Py_XDECREF(name);
    return false;
}

bool changed_meanwhile(const call *c, int argument)
{
    if (replaceable())
        PyErr_Format(PyExc_TypeError, "%s(): argument '%s' changed while it was read", c->sig->method,
                     c->sig->names[argument]);
    return false;
}

bool no_memory(void)
{
    if (PyErr_Occurred() == NULL)
        PyErr_NoMemory();
    return false;
}
