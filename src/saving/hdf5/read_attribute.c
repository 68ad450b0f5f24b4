/* Attribute messages: a name, a data type, a data space, and the elements. */
#include <string.h>

#include "base/alloc.h"
#include "cornu/error.h"
#include "saving/hdf5/read.h"

typedef struct parts {
    unsigned version;
    bool shared;
    cn_h5_cursor name, type, space;
} parts;

/* Version 1 pads each part to a multiple of 8 bytes. */
static cn_h5_cursor take_padded(cn_h5_cursor *c, uint64_t size, unsigned version)
{
    cn_h5_cursor part = cn_h5_take_part(c, version == 1 ? (size + 7) / 8 * 8 : size);
    if (part.ok)
        part.end = part.at + size;
    return part;
}

static bool take_parts(cn_h5_cursor *c, parts *p)
{
    p->version = (unsigned)cn_h5_take(c, 1);
    p->shared = cn_h5_take(c, 1) & 3 && p->version > 1;
    uint64_t name = cn_h5_take(c, 2), type = cn_h5_take(c, 2), space = cn_h5_take(c, 2);
    if (p->version == 3)
        cn_h5_take(c, 1); /* the name's encoding */
    p->name = take_padded(c, name, p->version);
    p->type = take_padded(c, type, p->version);
    p->space = take_padded(c, space, p->version);
    return p->version >= 1 && p->version <= 3 && c->ok;
}

static bool read_elements(cn_h5_value *value, parts *p, cn_h5_cursor *c)
{
    const cn_h5_source *s = value->node->source;
    if (p->shared) {
        cn_h5_refuse(value, "a shared data type");
        return true;
    }
    if (!cn_h5_read_type(value, &p->type) || !cn_h5_read_space(value, &p->space, s))
        return false;
    if (value->kind == CN_H5_UNREADABLE)
        return true;
    if (!cn_size_mul(value->count, value->width, &value->size) || value->size > cn_h5_left(c))
        return cn_h5_bad_value(value, CN_EFORMAT,
                               "expected %zu elements of %zu bytes, found %zu bytes", value->count,
                               value->width, cn_h5_left(c));
    value->data = c->at;
    return true;
}

bool cn_h5_read_attribute(cn_h5_node *node, cn_h5_cursor *c)
{
    parts p;
    if (!take_parts(c, &p))
        return cn_h5_bad(node,
                         "an attribute is damaged: expected version 1 to 3 and its parts, found "
                         "version %u",
                         p.version);
    const char *text = (const char *)p.name.at;
    size_t length = cn_h5_left(&p.name);
    if (!length || text[length - 1] || !*text)
        return cn_h5_bad(node, "an attribute has no name that ends");
    cn_h5_attribute a = {.name = cn_mem_strdup(text), .value = {.node = node}};
    if (!a.name)
        return false;
    a.value.attribute = a.name;
    if (!read_elements(&a.value, &p, c)) {
        cn_mem_free(a.name);
        cn_h5_value_clear(&a.value);
        return false;
    }
    return cn_h5_attribute_append(node, &a);
}
