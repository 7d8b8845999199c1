/* Lists of lists of integers: the buffers of blocks that have many. */
#include <string.h>

#include "errors.h"
#include "scalars.h"
#include "sequence.h"

static const char *const expected = "a list of lists of int";

/* Row i has counts[i] items, which follow each other in `items`. */
typedef struct {
    uint64_t *items;
    uint32_t *counts;
    size_t used;
    size_t room;
} rows;

/* Makes room for `count` more items, guessing from the first row what the others need. */
static bool rows_reserve(call *c, rows *r, size_t count)
{
    if (count <= r->room - r->used)
        return true;
    size_t needed = r->used + count;
    size_t room = r->room == 0 ? count * c->count : 2 * needed;
    room = room < needed ? needed : room;
    uint64_t *items = call_take(c, room, sizeof(uint64_t));
    if (items == NULL)
        return false;
    if (r->used > 0)
        memcpy(items, r->items, r->used * sizeof(uint64_t));
    r->items = items;
    r->room = room;
    return true;
}

/* Stands for a row's number where the list is one row by itself. */
#define ONLY_ROW (-1)

static bool read_list_row(call *c, int argument, Py_ssize_t row, const sequence *s, uint64_t *items)
{
    for (Py_ssize_t i = 0; i < s->count; i++) {
        PyObject *item = sequence_item(s, i);
        if (item == NULL)
            return changed_meanwhile(c, argument);
        if (Py_TYPE(item) == &PyLong_Type) {
            /* No code of the caller runs here, so the item can't go. */
            read_u64(item, &items[i], 0);
            continue;
        }
        Py_INCREF(item);
        bool good = read_u64(item, &items[i], 0) ||
                    (row == ONLY_ROW ? wrong_item(c, argument, "a list of int", i, item)
                                     : wrong_item(c, argument, expected, row, item));
        Py_DECREF(item);
        if (!good)
            return false;
    }
    return true;
}

/* A row that is too long for any object is counted and not read: its entry fails. */
static bool take_row(call *c, int argument, Py_ssize_t row, PyObject *object, rows *r)
{
    uint32_t *row_count = &r->counts[row == ONLY_ROW ? 0 : row];
    int_array array;
    bool good = true;
    if (int_array_open(&array, object)) {
        size_t count = (size_t)array.view.shape[0];
        *row_count = count > LAYER_COUNT_MAX ? LAYER_COUNT_MAX + 1 : (uint32_t)count;
        if (count <= LAYER_COUNT_MAX) {
            good = rows_reserve(c, r, count);
            if (good)
                int_array_copy(&array, 0, count, 0, r->items + r->used);
            r->used += good ? count : 0;
        }
        PyBuffer_Release(&array.view);
        return good;
    }
    sequence s;
    if (!sequence_open(&s, object))
        return row == ONLY_ROW ? wrong_type(c, argument, "a list of int", object)
                               : wrong_item(c, argument, expected, row, object);
    *row_count = s.count > LAYER_COUNT_MAX ? LAYER_COUNT_MAX + 1 : (uint32_t)s.count;
    if (s.count <= LAYER_COUNT_MAX) {
        good = rows_reserve(c, r, (size_t)s.count) && read_list_row(c, argument, row, &s, r->items + r->used);
        r->used += good ? (size_t)s.count : 0;
    }
    sequence_close(&s);
    return good;
}

static bool take_rows(call *c, int argument, rows *r)
{
    sequence s;
    memset(r, 0, sizeof(*r));
    if (!sequence_open(&s, c->arguments[argument]))
        return wrong_type(c, argument, expected, c->arguments[argument]);
    bool good = settle_count(c, (size_t)s.count);
    if (good && s.count <= BATCH_COUNT_MAX) {
        r->counts = call_take(c, (size_t)s.count, sizeof(uint32_t));
        good = r->counts != NULL;
        for (Py_ssize_t i = 0; good && i < s.count; i++) {
            PyObject *row = sequence_item(&s, i);
            if (row == NULL) {
                good = changed_meanwhile(c, argument);
                break;
            }
            Py_INCREF(row);
            good = take_row(c, argument, i, row, r);
            Py_DECREF(row);
        }
    }
    sequence_close(&s);
    return good;
}

/*
 * Rows whose pointers and sizes differ in number, or that are too long, become rows without buffers, which the
 * library refuses without
 * harm to their neighbours.
 */
static void drop_unequal(call *c, rows *pointers, rows *sizes)
{
    size_t from_pointer = 0, from_size = 0, to = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t pointer_count = pointers->counts[i] > LAYER_COUNT_MAX ? 0 : pointers->counts[i];
        uint32_t size_count = sizes->counts[i] > LAYER_COUNT_MAX ? 0 : sizes->counts[i];
        uint32_t kept = pointers->counts[i] == sizes->counts[i] ? pointer_count : 0;
        if (kept > 0) {
            memmove(pointers->items + to, pointers->items + from_pointer, kept * sizeof(uint64_t));
            memmove(sizes->items + to, sizes->items + from_size, kept * sizeof(uint64_t));
        }
        from_pointer += pointer_count;
        from_size += size_count;
        to += kept;
        pointers->counts[i] = kept;
    }
}

bool take_layers(call *c, int pointers, int sizes)
{
    rows p, s;
    if (!take_rows(c, pointers, &p) || !take_rows(c, sizes, &s))
        return false;
    if (c->verdict == MMC_OK) {
        drop_unequal(c, &p, &s);
        c->buffers.addresses = p.items;
        c->buffers.sizes = s.items;
        c->buffers.layer_counts = p.counts;
    }
    return true;
}

/* One object: the lists are its row. */
bool take_layers_of_one(call *c, int pointers, int sizes)
{
    rows p, s;
    uint32_t size_count = 0;
    memset(&p, 0, sizeof(p));
    memset(&s, 0, sizeof(s));
    p.counts = call_take(c, 1, sizeof(uint32_t));
    s.counts = &size_count;
    if (p.counts == NULL || !settle_count(c, 1))
        return false;
    const int arguments[2] = {pointers, sizes};
    rows *const targets[2] = {&p, &s};
    for (int i = 0; i < 2; i++) {
        if (!take_row(c, arguments[i], ONLY_ROW, c->arguments[arguments[i]], targets[i]))
            return false;
    }
    drop_unequal(c, &p, &s);
    c->buffers.addresses = p.items;
    c->buffers.sizes = s.items;
    c->buffers.layer_counts = p.counts;
    return true;
}
