/* ReplicateConfig: a Python object with two attributes, and two that it may have. */
#include "errors.h"
#include "scalars.h"

static const char *const expected = "a ReplicateConfig";

/* New; NULL: no such attribute. */
static PyObject *attribute(call *c, int argument, const char *name)
{
    PyObject *value = PyObject_GetAttrString(c->arguments[argument], name);
    if (value == NULL)
        wrong_type(c, argument, expected, c->arguments[argument]);
    return value;
}

static bool take_preferred(call *c, int argument, PyObject *list)
{
    PyObject *ranks = PySequence_List(list);
    if (ranks == NULL)
        return wrong_type(c, argument, "a ReplicateConfig whose preferredLocalServiceIDs is a list of int", list);
    Py_ssize_t count = PyList_Size(ranks);
    mmc_replicas *replicas = &c->terms.replicas;
    bool good = true;
    if (count > 8)
        c->verdict = MMC_INVALID_PARAMETER;
    for (Py_ssize_t i = 0; good && i < count && i < 8; i++) {
        int64_t rank = -1;
        PyObject *item = PyList_GetItem(ranks, i);
        good = read_i64(item, &rank, -1) ||
               wrong_item(c, argument, "a ReplicateConfig whose preferredLocalServiceIDs is a list of int", i, item);
        replicas->preferred[i] = rank < 0 || rank > INT32_MAX ? -1 : (int32_t)rank;
    }
    replicas->preferred_count = (uint32_t)(count > 8 ? 8 : count);
    Py_DECREF(ranks);
    return good;
}

bool read_pin(PyObject *object, int64_t *pin)
{
    static const char *const names[] = {"none", "soft", "hard"};
    if (!PyUnicode_Check(object))
        return read_i64(object, pin, -2);
    *pin = -2;
    for (int i = 0; i < 3; i++)
        if (PyUnicode_CompareWithASCIIString(object, names[i]) == 0)
            *pin = i;
    return true;
}

/* An attribute that objects of older programs do not have; NULL: none. */
static PyObject *optional(call *c, int argument, const char *name)
{
    PyObject *value = PyObject_GetAttrString(c->arguments[argument], name);
    if (value == NULL)
        PyErr_Clear();
    return value;
}

static bool take_terms(call *c, int argument)
{
    int64_t pin = 0;
    int64_t ttl_ms = 0;
    PyObject *given = optional(c, argument, "pin");
    bool good = given == NULL || read_pin(given, &pin) ||
                wrong_type(c, argument, "a ReplicateConfig whose pin is a str or an int", given);
    Py_XDECREF(given);
    given = good ? optional(c, argument, "ttl_ms") : NULL;
    good = good && (given == NULL || read_i64(given, &ttl_ms, -1) ||
                    wrong_type(c, argument, "a ReplicateConfig whose ttl_ms is an int", given));
    Py_XDECREF(given);
    if (pin < 0 || pin > 2 || ttl_ms < 0 || ttl_ms > INT32_MAX)
        c->verdict = MMC_INVALID_PARAMETER;
    c->terms.pin = (uint32_t)(pin & 3);
    c->terms.ttl_ms = (uint32_t)(ttl_ms & INT32_MAX);
    return good;
}

bool take_replicas(call *c, int argument)
{
    PyObject *config = c->arguments[argument];
    if (config == NULL || config == Py_None)
        return true;
    PyObject *number = attribute(c, argument, "replicaNum");
    PyObject *preferred = number == NULL ? NULL : attribute(c, argument, "preferredLocalServiceIDs");
    int64_t count = 0;
    bool good = preferred != NULL &&
                (read_i64(number, &count, 0) ||
                 wrong_type(c, argument, "a ReplicateConfig whose replicaNum is an int", number)) &&
                take_preferred(c, argument, preferred) && take_terms(c, argument);
    Py_XDECREF(number);
    Py_XDECREF(preferred);
    if (count < 1 || count > 8)
        c->verdict = MMC_INVALID_PARAMETER;
    c->terms.replicas.replica_count = (uint32_t)(count & 0xff) | MMC_PUT_TERMS;
    c->replicas = &c->terms.replicas;
    return good;
}
