/* An object: its messages are gathered, then it is a group, whose children are read, or a data set.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/read.h"

enum {
    SPACE = 0x01,
    LINK_INFO = 0x02,
    TYPE = 0x03,
    LINK = 0x06,
    EXTERNAL = 0x07,
    LAYOUT = 0x08,
    FILTERS = 0x0b,
    ATTRIBUTE = 0x0c,
    SYMBOLS = 0x11,
    ATTRIBUTE_INFO = 0x15,
    MESSAGES = 0x18,
    SHARED = 2, /* a flag: the body is elsewhere */
    LINKS_BY_NAME = 5,
    ATTRIBUTES_BY_NAME = 8
};

typedef struct object {
    cn_h5_node *node;
    bool has[MESSAGES], shared[MESSAGES];
    cn_h5_cursor body[MESSAGES]; /* of the messages that come once */
} object;

static bool gather(void *context, const cn_h5_message *m)
{
    object *o = context;
    cn_h5_cursor c = m->body;
    bool shared = m->flags & SHARED;
    if (m->type == ATTRIBUTE && shared)
        return cn_fail(CN_EUNSUPPORTED, "not supported: shared attributes in HDF5 files");
    if (m->type == ATTRIBUTE)
        return cn_h5_read_attribute(o->node, &c);
    if (m->type == LINK)
        return cn_h5_read_link(o->node, &c);
    if (m->type >= MESSAGES)
        return true;
    if (o->has[m->type] &&
        (m->type == TYPE || m->type == SPACE || m->type == LAYOUT || m->type == SYMBOLS))
        return cn_h5_bad(o->node, "the header has two messages of type %u", m->type);
    o->has[m->type] = true;
    o->shared[m->type] = shared;
    o->body[m->type] = c;
    return true;
}

/* Version, flags, perhaps the largest order, heap, tree: both kinds of info message look alike. */
static bool read_info(object *o, unsigned type)
{
    if (!o->has[type])
        return true;
    const cn_h5_source *s = o->node->source;
    cn_h5_cursor c = o->body[type];
    unsigned version = (unsigned)cn_h5_take(&c, 1), flags = (unsigned)cn_h5_take(&c, 1);
    cn_h5_take_bytes(&c, flags & 1 ? (type == LINK_INFO ? 8 : 2) : 0);
    uint64_t heap = cn_h5_take_address(&c, s), tree = cn_h5_take_address(&c, s);
    if (!c.ok || version)
        return cn_h5_bad(o->node, "expected an info message of version 0, found version %u",
                         version);
    if (heap == CN_H5_NOWHERE)
        return true;
    if (type == LINK_INFO)
        return cn_h5_read_dense(o->node, heap, tree, LINKS_BY_NAME, cn_h5_read_link);
    return cn_h5_read_dense(o->node, heap, tree, ATTRIBUTES_BY_NAME, cn_h5_read_attribute);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(cn_h5_node *const *)a)->name, (*(cn_h5_node *const *)b)->name);
}

static bool sort_children(cn_h5_node *group)
{
    if (group->count > 1)
        qsort(group->children, group->count, sizeof *group->children, by_name);
    for (size_t i = 1; i < group->count; i++)
        if (!strcmp(group->children[i - 1]->name, group->children[i]->name))
            return cn_h5_bad(group, "two children are called '%s'", group->children[i]->name);
    return true;
}

/* Keras stores bfloat16 as two opaque bytes and says so in an attribute. */
static bool recognize_bfloat16(cn_h5_node *node)
{
    cn_h5_value *value = &node->value;
    const cn_h5_value *dtype = cn_h5_attribute_find(node, "dtype");
    if (value->kind != CN_H5_OPAQUE || value->width != 2 || !dtype ||
        (dtype->kind != CN_H5_TEXT && dtype->kind != CN_H5_STRING))
        return true;
    cn_h5_texts texts = cn_h5_texts_begin(dtype);
    const unsigned char *text;
    size_t length;
    if (!dtype->count)
        return true;
    if (!cn_h5_texts_next(&texts, &text, &length))
        return false;
    if (length == 8 && !memcmp(text, "bfloat16", 8)) {
        value->kind = CN_H5_BFLOAT16;
        value->swapped = cn_h5_host_is_big(); /* NumPy views little-endian memory */
    }
    return true;
}

static bool read_dataset(object *o)
{
    cn_h5_value *value = &o->node->value;
    cn_h5_source *s = o->node->source;
    if (!o->has[SPACE] || !o->has[TYPE])
        return cn_h5_bad(o->node, "a data set without %s",
                         o->has[TYPE] ? "a shape" : "a data type");
    if (o->shared[SPACE] || o->shared[TYPE] || o->shared[LAYOUT])
        cn_h5_refuse(value, "a shared data type");
    else if (!cn_h5_read_type(value, &o->body[TYPE]) ||
             !cn_h5_read_space(value, &o->body[SPACE], s))
        return false;
    if (o->has[EXTERNAL])
        cn_h5_refuse(value, "data in another file");
    if (value->kind == CN_H5_UNREADABLE)
        return true;
    if (!cn_size_mul(value->count, value->width, &value->size))
        return cn_h5_bad(o->node, "its size is too large");
    if (!cn_h5_read_layout(value, &o->body[LAYOUT], s, o->has[FILTERS] ? &o->body[FILTERS] : NULL))
        return false;
    return recognize_bfloat16(o->node);
}

static bool is_ancestor(const cn_h5_node *node)
{
    for (const cn_h5_node *up = node->parent; up; up = up->parent)
        if (up->address == node->address)
            return true;
    return false;
}

static bool read_children(cn_h5_node *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (!group->children[i]->value.refusal && !cn_h5_read_object(group->children[i]))
            return false;
    return true;
}

/* Recursion, with read_children, is as deep as the tree, which is checked here. */
bool cn_h5_read_object(cn_h5_node *node)
{
    if (cn_h5_node_depth(node) > CN_H5_MAX_DEPTH)
        return cn_h5_bad(node, "expected at most %d levels", CN_H5_MAX_DEPTH);
    if (is_ancestor(node))
        return cn_h5_bad(node, "the group holds itself");
    object o = {.node = node};
    if (!cn_h5_each_message(node, gather, &o) || !read_info(&o, ATTRIBUTE_INFO))
        return false;
    node->is_group = o.has[SYMBOLS] || o.has[LINK_INFO] || node->count;
    if (node->is_group && o.has[LAYOUT])
        return cn_h5_bad(node, "expected a group or a data set, found both");
    if (o.has[LAYOUT])
        return read_dataset(&o);
    if (!node->is_group)
        cn_h5_refuse(&node->value, "an object that is neither a group nor a data set");
    if (o.has[SYMBOLS] && !cn_h5_read_symbols(node, &o.body[SYMBOLS]))
        return false;
    return read_info(&o, LINK_INFO) && sort_children(node) && read_children(node);
}
