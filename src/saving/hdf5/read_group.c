/* The children of a group: link messages (new) or a B-tree of symbol tables (old). */
#include <string.h>

#include "base/alloc.h"
#include "saving/hdf5/read.h"

enum { HARD = 0, SOFT = 1, MAX_LEVELS = 32 };

cn_h5_node *cn_h5_read_child(cn_h5_node *group, const unsigned char *name, size_t n,
                             uint64_t address)
{
    bool sound =
        name && n && !memchr(name, 0, n) && !memchr(name, '/', n) && !(n == 1 && *name == '.');
    if (!sound) {
        cn_h5_bad(group, "a link has a name that is empty or holds '/' or NUL");
        return NULL;
    }
    cn_h5_node *child = cn_h5_node_new(group, (const char *)name, n);
    if (!cn_h5_node_append(group, child))
        return NULL;
    child->address = address;
    return child;
}

/* A link that we do not follow is a child that cannot be read. */
static bool add_link(cn_h5_node *group, const unsigned char *name, size_t n, unsigned type,
                     uint64_t address)
{
    cn_h5_node *child = cn_h5_read_child(group, name, n, type == HARD ? address : CN_H5_NOWHERE);
    if (!child)
        return false;
    if (type != HARD)
        cn_h5_refuse(&child->value, type == SOFT ? "a soft link" : "a link out of the file");
    else if (address == CN_H5_NOWHERE)
        return cn_h5_bad(child, "the link leads nowhere");
    return true;
}

bool cn_h5_read_link(cn_h5_node *group, cn_h5_cursor *c)
{
    unsigned version = (unsigned)cn_h5_take(c, 1), flags = (unsigned)cn_h5_take(c, 1);
    unsigned type = flags & 8 ? (unsigned)cn_h5_take(c, 1) : HARD;
    cn_h5_take_bytes(c, (flags & 4 ? 8u : 0u) + (flags & 16 ? 1u : 0u)); /* order, encoding */
    cn_h5_cursor name = cn_h5_take_part(c, cn_h5_take(c, 1u << (flags & 3)));
    uint64_t address = type == HARD ? cn_h5_take_address(c, group->source) : CN_H5_NOWHERE;
    if (!c->ok || version != 1)
        return cn_h5_bad(group,
                         "a link is damaged: expected version 1 and its parts, found version %u",
                         version);
    return add_link(group, name.at, cn_h5_left(&name), type, address);
}

/* Where the names of an old group lie. */
static bool read_heap(cn_h5_node *group, uint64_t address, cn_h5_cursor *names)
{
    cn_h5_source *s = group->source;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, group, "the group's heap", address, 8 + 2 * s->length_size + s->offset_size,
                   &c))
        return false;
    if (!cn_h5_take_signature(&c, "HEAP") || cn_h5_take(&c, 4))
        return cn_h5_bad(group, "the group's heap is damaged: expected \"HEAP\", version 0");
    uint64_t size = cn_h5_take_length(&c, s);
    cn_h5_take_length(&c, s); /* the free list */
    return cn_h5_pay(s, group, "the group's names", cn_h5_take_address(&c, s), size, names);
}

static bool read_symbol(cn_h5_node *group, cn_h5_cursor *c, const cn_h5_cursor *names)
{
    cn_h5_source *s = group->source;
    uint64_t at = cn_h5_take(c, s->offset_size);
    uint64_t address = cn_h5_take_address(c, s);
    unsigned cached = (unsigned)cn_h5_take(c, 4);
    cn_h5_take_bytes(c, 20);
    if (at >= cn_h5_left(names))
        return cn_h5_bad(group, "a name lies outside the group's heap");
    const unsigned char *name = names->at + at,
                        *end = memchr(name, 0, cn_h5_left(names) - (size_t)at);
    if (!end)
        return cn_h5_bad(group, "a name does not end within the group's heap");
    size_t n = (size_t)(end - name);
    enum { CACHED_SOFT = 2 };
    cn_h5_cursor paid; /* names may share their bytes: each is paid for */
    return cn_h5_pay(s, group, "a name", (uint64_t)(name - s->data), n, &paid) &&
           add_link(group, name, n, cached == CACHED_SOFT ? SOFT : HARD, address);
}

static bool read_symbol_table(cn_h5_node *group, uint64_t address, const cn_h5_cursor *names)
{
    cn_h5_source *s = group->source;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, group, "a symbol table", address, 8, &c))
        return false;
    if (!cn_h5_take_signature(&c, "SNOD") || cn_h5_take(&c, 1) != 1)
        return cn_h5_bad(group, "a symbol table is damaged: expected \"SNOD\", version 1");
    cn_h5_take(&c, 1);
    uint64_t count = cn_h5_take(&c, 2);
    if (!cn_h5_pay(s, group, "a symbol table", address + 8, count * (2 * s->offset_size + 24), &c))
        return false;
    for (uint64_t i = 0; i < count; i++)
        if (!read_symbol(group, &c, names))
            return false;
    return true;
}

/* `above` is the level of the tree node that led here: levels must fall, so recursion ends. */
static bool read_tree(cn_h5_node *group, uint64_t address, unsigned above,
                      const cn_h5_cursor *names)
{
    cn_h5_source *s = group->source;
    uint64_t head = 8 + 2 * s->offset_size;
    cn_h5_cursor c;
    if (!cn_h5_pay(s, group, "the group's tree", address, head, &c))
        return false;
    bool sound = cn_h5_take_signature(&c, "TREE") && cn_h5_take(&c, 1) == 0;
    unsigned level = (unsigned)cn_h5_take(&c, 1);
    uint64_t count = cn_h5_take(&c, 2);
    if (!sound || level >= above)
        return cn_h5_bad(group,
                         "the group's tree is damaged: expected \"TREE\", type 0, a level below %u",
                         above);
    if (!cn_h5_pay(s, group, "the group's tree", address + head,
                   count * (s->offset_size + s->length_size), &c))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        cn_h5_take_length(&c, s); /* the key: names come in order, we need none */
        uint64_t child = cn_h5_take_address(&c, s);
        if (level ? !read_tree(group, child, level, names)
                  : !read_symbol_table(group, child, names))
            return false;
    }
    return true;
}

bool cn_h5_read_symbols(cn_h5_node *group, cn_h5_cursor *c)
{
    uint64_t tree = cn_h5_take_address(c, group->source),
             heap = cn_h5_take_address(c, group->source);
    if (!c->ok)
        return cn_h5_bad(group, "the symbol table message is cut short");
    cn_h5_cursor names;
    return read_heap(group, heap, &names) && read_tree(group, tree, MAX_LEVELS, &names);
}
