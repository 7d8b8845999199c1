/* The one exception that calls raise: TypeError, with the name of the argument. */
#ifndef MEMCACHE_ERRORS_H
#define MEMCACHE_ERRORS_H

#include "store.h"

/*
 * All return false. What an argument's own code raised is replaced, unless it is no Exception (KeyboardInterrupt,
 * SystemExit).
 */
bool wrong_type(const call *c, int argument, const char *expected, PyObject *got);
bool wrong_item(const call *c, int argument, const char *expected, Py_ssize_t index, PyObject *got);
bool changed_meanwhile(const call *c, int argument);
bool no_memory(void);

#endif
