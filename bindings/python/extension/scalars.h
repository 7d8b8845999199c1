/* Single values out of Python objects. */
#ifndef MEMCACHE_SCALARS_H
#define MEMCACHE_SCALARS_H

#include "store.h"

/*
 * An int, or what has __index__ (numpy's and torch's integers). Beyond 64 bits: `otherwise`. False: neither, an
 * exception may be set.
 */
bool read_u64(PyObject *object, uint64_t *value, uint64_t otherwise);
bool read_i64(PyObject *object, int64_t *value, int64_t otherwise);

/*
 * A str or bytes. The bytes belong to the object. A str that has no UTF-8 becomes the empty key, which the library
 * refuses: that depends
 * on the value, so it is a status. False: neither.
 */
bool read_key(PyObject *object, mmc_key *key);

#endif
