#include "arena.h"

#include <stdint.h>
#include <stdlib.h>

/* Enough for 256 keys, or for 16 blocks of 122 buffers. */
#define BLOCK_BYTES_MIN ((size_t)128 << 10)

/* What an arena may keep between calls. Calls that need more are rare and take long anyway. */
#define BLOCK_BYTES_KEPT ((size_t)4 << 20)

typedef struct block {
    struct block *next;
    size_t used;
    size_t room;
    size_t reserved; /* keeps the bytes behind the header aligned to 16 */
} block;

struct arena {
    block *blocks; /* the newest first */
};

static block *block_new(size_t room, block *next)
{
    block *b = room > SIZE_MAX - sizeof(block) ? NULL : malloc(sizeof(block) + room);
    if (b != NULL) {
        b->next = next;
        b->used = 0;
        b->room = room;
    }
    return b;
}

arena *arena_new(void)
{
    arena *a = malloc(sizeof(arena));
    if (a == NULL)
        return NULL;
    a->blocks = block_new(BLOCK_BYTES_MIN, NULL);
    if (a->blocks == NULL) {
        free(a);
        return NULL;
    }
    return a;
}

void *arena_take(arena *a, size_t bytes)
{
    block *b = a->blocks;
    if (bytes > SIZE_MAX / 4)
        return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > b->room - b->used) {
        b = block_new(bytes > 2 * b->room ? bytes : 2 * b->room, b);
        if (b == NULL)
            return NULL;
        a->blocks = b;
    }
    void *piece = (char *)(b + 1) + b->used;
    b->used += bytes;
    return piece;
}

void arena_reset(arena *a)
{
    /* The newest block is at least as large as all older ones together were full. */
    while (a->blocks->next != NULL) {
        block *older = a->blocks->next;
        a->blocks->next = older->next;
        free(older);
    }
    a->blocks->used = 0;
    if (a->blocks->room > BLOCK_BYTES_KEPT) {
        block *small = block_new(BLOCK_BYTES_MIN, NULL);
        if (small != NULL) {
            free(a->blocks);
            a->blocks = small;
        }
    }
}

void arena_free(arena *a)
{
    if (a == NULL)
        return;
    while (a->blocks != NULL) {
        block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    free(a);
}
