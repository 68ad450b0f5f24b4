/* Object headers: a row of messages in one or more blocks, in two formats. */
#include "base/alloc.h"
#include "saving/hdf5/read.h"

enum { CONTINUATION = 0x10, SHARED = 2, MUST_UNDERSTAND = 128, KNOWN_MESSAGES = 0x17 };

typedef struct block {
    uint64_t address, size;
} block;

typedef struct header {
    cn_h5_node *node;
    cn_h5_source *source;
    bool is_new;    /* version 2 */
    bool has_order; /* messages carry their creation order */
    block *blocks;  /* continuations, in the order found */
    size_t count, capacity;
    cn_h5_visit visit;
    void *context;
} header;

static bool add_block(header *h, const cn_h5_message *m)
{
    cn_h5_cursor c = m->body;
    block b = {.address = cn_h5_take_address(&c, h->source)};
    b.size = cn_h5_take_length(&c, h->source);
    if (!c.ok)
        return cn_h5_bad(h->node, "the continuation message is cut short");
    if (!cn_mem_reserve(&h->blocks, &h->capacity, h->count + 1, sizeof b))
        return false;
    h->blocks[h->count++] = b;
    return true;
}

static bool visit_message(header *h, const cn_h5_message *m)
{
    if (m->type == CONTINUATION)
        return add_block(h, m);
    if (m->type > KNOWN_MESSAGES && m->flags & MUST_UNDERSTAND)
        return cn_h5_bad(h->node, "expected a known header message, found type %u", m->type);
    return h->visit(h->context, m);
}

static bool visit_block(header *h, cn_h5_cursor c)
{
    size_t prefix = h->is_new ? (h->has_order ? 6 : 4) : 8;
    while (cn_h5_left(&c) >= prefix) {
        cn_h5_message m = {.type = (unsigned)cn_h5_take(&c, h->is_new ? 1 : 2)};
        uint64_t size = cn_h5_take(&c, 2);
        m.flags = (unsigned)cn_h5_take(&c, 1);
        cn_h5_take_bytes(&c, h->is_new ? (h->has_order ? 2 : 0) : 3);
        m.body = cn_h5_take_part(&c, size);
        if (!m.body.ok)
            return cn_h5_bad(h->node,
                             "a header message of type %u is cut short: expected %llu bytes",
                             m.type, (unsigned long long)size);
        if (!visit_message(h, &m))
            return false;
    }
    return true;
}

/* "OHDR", version, flags, perhaps times and attribute limits, size, messages, checksum. */
static bool visit_new(header *h)
{
    const cn_h5_source *s = h->source;
    uint64_t address = h->node->address;
    cn_h5_cursor c = cn_h5_peek(s, address, s->size - address);
    if (!cn_h5_take_signature(&c, "OHDR") || cn_h5_take(&c, 1) != 2)
        return cn_h5_bad(h->node, "expected an object header of version 1 or 2");
    unsigned flags = (unsigned)cn_h5_take(&c, 1);
    h->has_order = flags & 4;
    cn_h5_take_bytes(&c, (flags & 32 ? 16u : 0u) + (flags & 16 ? 4u : 0u));
    uint64_t size = cn_h5_take(&c, 1u << (flags & 3));
    if (!c.ok || size > cn_h5_left(&c))
        return cn_h5_bad(h->node, "the object header is cut short: expected %llu bytes",
                         (unsigned long long)size);
    uint64_t before = (uint64_t)(c.at - s->data) - address;
    if (!cn_h5_pay(h->source, h->node, "the object header", address, before + size + 4, &c))
        return false;
    if (!cn_h5_checksum_fits(c.at, cn_h5_left(&c)))
        return cn_h5_bad(h->node, "the object header's checksum is wrong");
    c.at += before;
    c.end -= 4;
    return visit_block(h, c);
}

/* Version 1, a byte, number of messages, reference count, size, four bytes, messages. */
static bool visit_old(header *h)
{
    cn_h5_cursor c = cn_h5_peek(h->source, h->node->address, 16);
    cn_h5_take_bytes(&c, 8);
    uint64_t size = cn_h5_take(&c, 4);
    if (!c.ok)
        return cn_h5_bad(h->node, "the object header lies outside the file");
    return cn_h5_pay(h->source, h->node, "the object header", h->node->address + 16, size, &c) &&
           visit_block(h, c);
}

static bool visit_continuation(header *h, block b)
{
    cn_h5_cursor c;
    if (!cn_h5_pay(h->source, h->node, "a continuation of the object header", b.address, b.size,
                   &c))
        return false;
    if (!h->is_new)
        return visit_block(h, c);
    cn_h5_cursor inside = c;
    if (!cn_h5_take_signature(&inside, "OCHK") || cn_h5_left(&inside) < 4 ||
        !cn_h5_checksum_fits(c.at, cn_h5_left(&c)))
        return cn_h5_bad(h->node,
                         "a continuation of the object header is damaged: expected \"OCHK\" and "
                         "a right checksum");
    inside.end -= 4;
    return visit_block(h, inside);
}

bool cn_h5_each_message(cn_h5_node *node, cn_h5_visit visit, void *context)
{
    header h = {.node = node, .source = node->source, .visit = visit, .context = context};
    cn_h5_cursor c = cn_h5_peek(h.source, node->address, 1);
    if (!c.ok)
        return cn_h5_bad(
            node, "its header lies outside the file: expected an address below %zu, found %llu",
            h.source->size, (unsigned long long)node->address);
    h.is_new = *c.at != 1;
    bool ok = h.is_new ? visit_new(&h) : visit_old(&h);
    for (size_t i = 0; ok && i < h.count; i++)
        ok = visit_continuation(&h, h.blocks[i]);
    cn_mem_free(h.blocks);
    return ok;
}
