/* Dense storage: many links or attributes of an object lie in a fractal heap. A B-tree of version 2
 * holds the heap's ids, which we visit in its order. */
#include <string.h>

#include "base/error.h"
#include "saving/hdf5/read.h"

enum { LINKS = 5, MANAGED = 0 };

/* The heap is a space of bytes cut into blocks: rows of `width` blocks each, two rows of the first
 * size, then each row of twice the size; rows of blocks over `largest` are tables of the same kind.
 */
typedef struct heap {
    uint64_t width, first, largest, root;
    unsigned rows; /* of the root table; 0: the root is a block of data */
    unsigned offset_bytes, length_bytes, bits;
} heap;

typedef struct dense {
    cn_h5_node *node;
    cn_h5_source *source;
    heap heap;
    unsigned type;
    bool (*read)(cn_h5_node *, cn_h5_cursor *);
} dense;

static unsigned log2_of(uint64_t n)
{
    unsigned bits = 0;
    while (n >>= 1)
        bits++;
    return bits;
}

static bool damaged(const dense *d, const char *what)
{
    return cn_h5_bad(d->node, "%s of its dense storage is damaged", what);
}

static bool power_of_two(uint64_t n)
{
    return n && !(n & (n - 1));
}

static bool read_heap(dense *d, uint64_t address)
{
    cn_h5_source *s = d->source;
    heap *h = &d->heap;
    uint64_t o = s->offset_size, l = s->length_size, size = 26 + 12 * l + 3 * o;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, d->node, "the heap", address, size, &c))
        return false;
    const unsigned char *start = c.at;
    bool sound = cn_h5_take_signature(&c, "FRHP") && !cn_h5_take(&c, 1);
    cn_h5_take(&c, 2); /* bytes of an id */
    bool filtered = cn_h5_take(&c, 2);
    cn_h5_take(&c, 1);
    uint64_t most = cn_h5_take(&c, 4); /* bytes of an object in a block */
    cn_h5_take_bytes(&c, 10 * l + 2 * o);
    h->width = cn_h5_take(&c, 2);
    h->first = cn_h5_take_length(&c, s);
    h->largest = cn_h5_take_length(&c, s);
    h->bits = (unsigned)cn_h5_take(&c, 2);
    cn_h5_take(&c, 2);
    h->root = cn_h5_take_address(&c, s);
    h->rows = (unsigned)cn_h5_take(&c, 2);
    if (filtered)
        return cn_h5_bad_value(&d->node->value, CN_EUNSUPPORTED, "compressed dense storage");
    sound = sound && cn_h5_checksum_fits(start, (size_t)size) && power_of_two(h->width) &&
            power_of_two(h->first) && power_of_two(h->largest) && h->first <= h->largest && most &&
            h->largest <= UINT32_MAX && h->bits <= 64 && h->rows <= 64;
    unsigned whole = log2_of(h->largest) / 8 + 1, longest = log2_of(most) / 8 + 1;
    h->offset_bytes = (h->bits + 7) / 8;
    h->length_bytes = whole < longest ? whole : longest;
    return sound || damaged(d, "the heap");
}

/* The entry of the table at `address` that leads to `*offset`, which becomes relative to it. */
static bool table_entry(dense *d, uint64_t *address, unsigned rows, uint64_t *offset,
                        uint64_t *block)
{
    cn_h5_source *s = d->source;
    const heap *h = &d->heap;
    uint64_t prefix = 5 + s->offset_size + h->offset_bytes;
    cn_h5_cursor c = cn_h5_peek(s, *address, prefix);
    if (!cn_h5_take_signature(&c, "FHIB") || cn_h5_take(&c, 1))
        return damaged(d, "a table");
    *block = h->first;
    for (unsigned row = 0; row < rows; row++) {
        if (row > 1)
            *block *= 2;
        if (*block > UINT64_MAX / 2 / h->width)
            break;
        if (*offset >= *block * h->width) {
            *offset -= *block * h->width;
            continue;
        }
        uint64_t entry = row * h->width + *offset / *block;
        *offset %= *block;
        c = cn_h5_peek(s, *address + prefix + entry * s->offset_size, s->offset_size);
        *address = cn_h5_take_address(&c, s);
        return c.ok || damaged(d, "a table");
    }
    return damaged(d, "a table");
}

/* Down the tables to the block of data; each table is smaller than the one above. */
static bool find_block(dense *d, uint64_t *address, uint64_t *offset, uint64_t *block)
{
    const heap *h = &d->heap;
    unsigned rows = h->rows;
    *address = h->root;
    *block = h->first;
    while (rows) {
        if (!table_entry(d, address, rows, offset, block))
            return false;
        if (*block <= h->largest)
            return true;
        unsigned table = log2_of(h->first * h->width), size = log2_of(*block);
        unsigned below = size >= table ? size - table + 1 : 0;
        if (!below || below >= rows)
            return damaged(d, "a table");
        rows = below;
    }
    *block = h->largest; /* a lone root may have grown to any size: the file's end bounds it */
    return true;
}

static bool read_object(dense *d, cn_h5_cursor *id)
{
    cn_h5_source *s = d->source;
    unsigned kind = (unsigned)cn_h5_take(id, 1);
    uint64_t offset = cn_h5_take(id, d->heap.offset_bytes),
             length = cn_h5_take(id, d->heap.length_bytes);
    if (!id->ok || kind >> 6)
        return damaged(d, "an id");
    if ((kind >> 4 & 3) != MANAGED)
        return cn_h5_bad_value(&d->node->value, CN_EUNSUPPORTED,
                               "large attributes in dense storage");
    uint64_t address, block;
    cn_h5_cursor c;
    if (!find_block(d, &address, &offset, &block))
        return false;
    cn_h5_cursor head = cn_h5_peek(s, address, 5);
    if (!cn_h5_take_signature(&head, "FHDB") || cn_h5_take(&head, 1) || offset > block ||
        length > block - offset)
        return damaged(d, "a block");
    return cn_h5_pay(s, d->node, "an object of the heap", address + offset, length, &c) &&
           d->read(d->node, &c);
}

/* The heap's id is what a record starts with, but for links, which start with a hash. */
static bool read_record(dense *d, cn_h5_cursor *record)
{
    enum { ID = 8, HASH = 4, SHARED = 2 };
    if (d->type == LINKS) {
        cn_h5_take(record, HASH);
        return read_object(d, record);
    }
    cn_h5_cursor id = cn_h5_take_part(record, ID);
    if (cn_h5_take(record, 1) & SHARED)
        return cn_h5_bad_value(&d->node->value, CN_EUNSUPPORTED, "shared attributes");
    return read_object(d, &id);
}

static bool visit_record(void *context, cn_h5_cursor record)
{
    return read_record(context, &record);
}

bool cn_h5_read_dense(cn_h5_node *node, uint64_t heap, uint64_t tree, unsigned record_type,
                      bool (*read)(cn_h5_node *, cn_h5_cursor *))
{
    dense d = {.node = node, .source = node->source, .type = record_type, .read = read};
    return read_heap(&d, heap) && cn_h5_each_record(node, tree, record_type, visit_record, &d);
}
