/* Chunked storage with the old index: the chunks are put together in memory. All must be there, so
 * that the file bounds the result, compression aside. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/read.h"

enum { MAX_LEVELS = 32, CHUNKS = 1, DEFLATE_MOST = 1032 /* times smaller than what it holds */ };

typedef struct chunks {
    cn_h5_value *value;
    cn_h5_source *source;
    size_t chunk[CN_H5_MAX_RANK], size; /* elements along each axis; bytes of a chunk */
    size_t filled;                      /* bytes of the result */
    bool filtered;
    cn_h5_filters filters;
} chunks;

static bool damaged(const chunks *k, const char *what)
{
    return cn_h5_bad_value(k->value, CN_EFORMAT, "its chunks are damaged: %s", what);
}

/* Copies what lies within the shape; `from` are the chunk's first indices. Rows of the last axis
 * are whole. */
static void place(chunks *k, const unsigned char *bytes, const size_t *from)
{
    const cn_h5_value *v = k->value;
    size_t last = v->rank - 1, index[CN_H5_MAX_RANK] = {0};
    size_t row = v->shape[last] - from[last];
    row = (row < k->chunk[last] ? row : k->chunk[last]) * v->width;
    for (size_t in = 0;; in += k->chunk[last] * v->width) {
        size_t out = 0;
        bool inside = true;
        for (size_t a = 0; a < v->rank; a++) {
            inside = inside && from[a] + index[a] < v->shape[a];
            out = out * v->shape[a] + from[a] + index[a];
        }
        if (inside) {
            memcpy((unsigned char *)v->owned + out * v->width, bytes + in, row);
            k->filled += row;
        }
        size_t axis = last;
        while (axis && ++index[axis - 1] == k->chunk[axis - 1])
            index[--axis] = 0;
        if (!axis)
            return;
    }
}

/* A key: bytes, filters left out, the first indices, one more for the element's bytes. */
static bool read_chunk(chunks *k, cn_h5_cursor *c, bool leaf, uint64_t *child)
{
    const cn_h5_value *v = k->value;
    size_t from[CN_H5_MAX_RANK];
    bool inside = true;
    uint64_t size = cn_h5_take(c, 4), left_out = cn_h5_take(c, 4);
    for (size_t a = 0; a < v->rank; a++) {
        uint64_t at = cn_h5_take(c, 8);
        inside = inside && at < v->shape[a] && at % k->chunk[a] == 0;
        from[a] = (size_t)at;
    }
    cn_h5_take(c, 8);
    *child = cn_h5_take_address(c, k->source);
    if (!c->ok || (leaf && (!inside || (!k->filtered && size != k->size) || left_out)))
        return damaged(k, "expected a chunk within the shape");
    cn_h5_cursor bytes;
    if (!leaf)
        return true;
    if (!cn_h5_pay(k->source, v->node, "a chunk", *child, size, &bytes))
        return false;
    unsigned char *plain = NULL;
    if (k->filtered && !(plain = cn_h5_unfilter(v, k->filters, bytes.at, (size_t)size, k->size)))
        return false;
    place(k, plain ? plain : bytes.at, from);
    cn_mem_free(plain);
    return true;
}

/* Levels must fall, so recursion ends. */
static bool read_tree(chunks *k, uint64_t address, unsigned above)
{
    cn_h5_source *s = k->source;
    uint64_t head = 8 + 2 * s->offset_size,
             entry = 16 + 8 * (uint64_t)k->value->rank + s->offset_size, child;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, k->value->node, "the tree of chunks", address, head, &c))
        return false;
    bool sound = cn_h5_take_signature(&c, "TREE") && cn_h5_take(&c, 1) == CHUNKS;
    unsigned level = (unsigned)cn_h5_take(&c, 1);
    uint64_t count = cn_h5_take(&c, 2);
    if (!sound || level >= above)
        return damaged(k, "expected a tree of chunks");
    if (!cn_h5_pay(s, k->value->node, "the tree of chunks", address + head, count * entry, &c))
        return false;
    for (uint64_t i = 0; i < count; i++)
        if (!read_chunk(k, &c, !level, &child) || (level && !read_tree(k, child, level)))
            return false;
    return true;
}

static bool read_shape(chunks *k, cn_h5_cursor *c)
{
    const cn_h5_value *v = k->value;
    bool sound = true;
    k->size = v->width;
    for (size_t a = 0; a < v->rank; a++) {
        k->chunk[a] = (size_t)cn_h5_take(c, 4);
        sound = sound && k->chunk[a] && cn_size_mul(k->size, k->chunk[a], &k->size);
    }
    return (sound && cn_h5_take(c, 4) == v->width && c->ok) ||
           damaged(k, "expected the shape of a chunk");
}

bool cn_h5_read_chunks(cn_h5_value *value, cn_h5_cursor *c, cn_h5_source *s, cn_h5_cursor *filters)
{
    chunks k = {.value = value, .source = s, .filtered = filters};
    if (filters && !cn_h5_read_filters(value, filters, &k.filters))
        return false;
    if (value->kind == CN_H5_UNREADABLE)
        return true;
    uint64_t rank = cn_h5_take(c, 1), tree = cn_h5_take_address(c, s);
    if (!c->ok || !value->rank || rank != value->rank + 1)
        return damaged(&k, "expected as many dimensions as the shape has");
    if (!read_shape(&k, c))
        return false;
    if (!value->size)
        return true;
    uint64_t price = k.filters.deflate ? value->size / DEFLATE_MOST : value->size;
    if (tree == CN_H5_NOWHERE || price > s->budget) {
        cn_h5_refuse(value, "a chunked data set that was not written whole");
        return true;
    }
    s->budget -= price;
    value->owned = cn_mem_alloc(value->size);
    if (!value->owned || !read_tree(&k, tree, MAX_LEVELS))
        return false;
    value->data = value->owned;
    if (k.filled != value->size)
        cn_h5_refuse(value, "a chunked data set that was not written whole");
    return true;
}
