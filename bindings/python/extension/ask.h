/* Calls into the library, with the interpreter lock released. */
#ifndef MEMCACHE_ASK_H
#define MEMCACHE_ASK_H

#include "store.h"

#define WITHOUT_LOCK(statement)                        \
    do {                                               \
        PyThreadState *saved_ = PyEval_SaveThread();   \
        statement;                                     \
        PyEval_RestoreThread(saved_);                  \
    } while (0)

/*
 * Asks the library for the whole batch, unless its arguments have decided already. `handle` names the store: it is
 * read before the lock
 * is released, and a store that another thread closes meanwhile is a status.
 */
#define ASK(c, statement)                                     \
    do {                                                      \
        const mmc_store_t handle = (c)->store->handle;        \
        if ((c)->verdict == MMC_OK && (c)->count > 0)         \
            WITHOUT_LOCK(statement);                          \
    } while (0)

#endif
