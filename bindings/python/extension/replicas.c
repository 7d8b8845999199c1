/* ReplicateConfig: a Python object with two attributes. */
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
    mmc_replicas *replicas = &c->replicas_room;
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
                take_preferred(c, argument, preferred);
    Py_XDECREF(number);
    Py_XDECREF(preferred);
    if (count < 1 || count > 8)
        c->verdict = MMC_INVALID_PARAMETER;
    c->replicas_room.replica_count = (uint32_t)(count & 0xff);
    c->replicas = &c->replicas_room;
    return good;
}
