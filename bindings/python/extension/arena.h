/*
 * Scratch memory of one call: pieces are carved off a block and all given back at once. A call of usual size takes
 * no memory from the
 * allocator, because stores keep their arenas.
 */
#ifndef MEMCACHE_ARENA_H
#define MEMCACHE_ARENA_H

#include <stddef.h>

typedef struct arena arena;

/* NULL: no memory. */
arena *arena_new(void);

/* `bytes` that are aligned to 16, not cleared; NULL: no memory. They stay where they are until the reset. */
void *arena_take(arena *a, size_t bytes);

/*
 * Gives all pieces back. If they did not fit into one block, the next call gets a block in which they do, up to a
 * limit.
 */
void arena_reset(arena *a);

void arena_free(arena *a);

#endif
