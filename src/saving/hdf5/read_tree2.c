/* B-trees of version 2. All their records are visited in order; what they say is the caller's. */
#include "saving/hdf5/read.h"

enum { OVERHEAD = 10, MAX_DEPTH = 16 }; /* signature, version, type, checksum */

typedef struct tree {
    cn_h5_node *node;
    cn_h5_source *source;
    unsigned type;
    uint64_t node_size, record_size;
    unsigned count_bytes;                /* of the number of records in a child */
    unsigned total_bytes[MAX_DEPTH + 1]; /* and below it, where children are at that depth */
    bool (*visit)(void *, cn_h5_cursor);
    void *context;
} tree;

static bool damaged(const tree *t)
{
    return cn_h5_bad(t->node, "the tree of its dense storage is damaged");
}

static unsigned bytes_for(uint64_t n)
{
    unsigned bytes = 1;
    while (n >>= 8)
        bytes++;
    return bytes;
}

/* How wide the counts in inner nodes are follows from how many records fit. */
static void measure(tree *t, unsigned depth)
{
    uint64_t most = (t->node_size - OVERHEAD) / t->record_size, total = most;
    t->count_bytes = bytes_for(most);
    t->total_bytes[0] = 0;
    for (unsigned d = 1; d <= depth; d++) {
        uint64_t pointer = t->source->offset_size + t->count_bytes + t->total_bytes[d - 1];
        uint64_t room = t->node_size > OVERHEAD + pointer ? t->node_size - OVERHEAD - pointer : 0;
        most = room / (t->record_size + pointer);
        total = total < UINT32_MAX * (uint64_t)UINT16_MAX ? (most + 1) * total + most : UINT64_MAX;
        t->total_bytes[d] = bytes_for(total);
    }
}

static bool visit_records(tree *t, cn_h5_cursor *c, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        cn_h5_cursor record = cn_h5_take_part(c, t->record_size);
        if (!record.ok)
            return damaged(t);
        if (!t->visit(t->context, record))
            return false;
    }
    return true;
}

/* As deep as the tree says, at most MAX_DEPTH. */
static bool visit_node(tree *t, uint64_t address, uint64_t count, unsigned depth)
{
    cn_h5_source *s = t->source;
    unsigned pointer = depth ? s->offset_size + t->count_bytes + t->total_bytes[depth - 1] : 0;
    uint64_t used = OVERHEAD - 4 + count * t->record_size + (depth ? (count + 1) * pointer : 0) + 4;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, t->node, "the tree of its dense storage", address, used, &c))
        return false;
    if (!cn_h5_checksum_fits(c.at, (size_t)used))
        return damaged(t);
    bool sound = cn_h5_take_signature(&c, depth ? "BTIN" : "BTLF") && !cn_h5_take(&c, 1);
    if (!sound || cn_h5_take(&c, 1) != t->type)
        return damaged(t);
    if (!visit_records(t, &c, count))
        return false;
    for (uint64_t i = 0; depth && i <= count; i++) {
        uint64_t child = cn_h5_take_address(&c, s), records = cn_h5_take(&c, t->count_bytes);
        cn_h5_take(&c, t->total_bytes[depth - 1]);
        if (!visit_node(t, child, records, depth - 1))
            return false;
    }
    return true;
}

bool cn_h5_each_record(cn_h5_node *node, uint64_t address, unsigned type,
                       bool (*visit)(void *, cn_h5_cursor), void *context)
{
    cn_h5_source *s = node->source;
    tree t = {.node = node, .source = s, .type = type, .visit = visit, .context = context};
    uint64_t size = 22 + s->offset_size + s->length_size;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, node, "the tree of its dense storage", address, size, &c))
        return false;
    const unsigned char *start = c.at;
    bool sound =
        cn_h5_take_signature(&c, "BTHD") && !cn_h5_take(&c, 1) && cn_h5_take(&c, 1) == type;
    t.node_size = cn_h5_take(&c, 4);
    t.record_size = cn_h5_take(&c, 2);
    unsigned depth = (unsigned)cn_h5_take(&c, 2);
    cn_h5_take(&c, 2);
    uint64_t root = cn_h5_take_address(&c, s), count = cn_h5_take(&c, 2);
    if (!sound || !cn_h5_checksum_fits(start, (size_t)size) || t.node_size <= OVERHEAD ||
        !t.record_size || depth > MAX_DEPTH)
        return damaged(&t);
    measure(&t, depth);
    return root == CN_H5_NOWHERE || visit_node(&t, root, count, depth);
}
