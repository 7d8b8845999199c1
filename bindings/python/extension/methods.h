#ifndef MEMCACHE_METHODS_H
#define MEMCACHE_METHODS_H

#include "python_api.h"

extern PyMethodDef store_methods[];

#endif
