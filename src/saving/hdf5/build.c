/* Making a tree by hand. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/tree.h"

enum { NAMES_LIMIT = 64512, TEXT_WIDTH = 16 }; /* Keras's HDF5_OBJECT_HEADER_LIMIT */

static bool insert(cn_h5_node *parent, cn_h5_node *child, size_t at)
{
    if (!cn_h5_node_append(parent, child))
        return false;
    memmove(parent->children + at + 1, parent->children + at,
            (parent->count - 1 - at) * sizeof *parent->children);
    parent->children[at] = child;
    return true;
}

/* Makes the groups on the way; `*path` moves to the last name, which is `*length` long. */
static cn_h5_node *walk(cn_h5_node *group, const char **path, size_t *length)
{
    for (;;) {
        *path += strspn(*path, "/");
        *length = strcspn(*path, "/");
        const char *rest = *path + *length;
        if (!rest[strspn(rest, "/")])
            return group;
        size_t at;
        cn_h5_node *next = NULL;
        if (cn_h5_node_place(group, *path, *length, &at))
            next = group->children[at];
        else if ((next = cn_h5_node_new(group, *path, *length)) && insert(group, next, at))
            next->is_group = true;
        else
            return NULL;
        if (!next->is_group)
            return cn_fail_null(
                CN_EINVAL, "HDF5: expected a group on the way to '%s', found a data set", *path);
        if (cn_h5_node_depth(next) >= CN_H5_MAX_DEPTH)
            return cn_fail_null(CN_EINVAL, "HDF5: expected a path of at most %d names",
                                CN_H5_MAX_DEPTH);
        group = next;
        *path = rest;
    }
}

cn_h5_node *cn_h5_add_group(cn_h5_node *parent, const char *path)
{
    size_t length, at;
    if (!parent || !path)
        return NULL;
    const char *name = path;
    cn_h5_node *group = walk(parent, &name, &length);
    if (!group || !length)
        return group;
    if (cn_h5_node_place(group, name, length, &at)) {
        if (group->children[at]->is_group)
            return group->children[at];
        return cn_fail_null(CN_EINVAL, "HDF5: expected a group at '%s', found a data set", path);
    }
    cn_h5_node *child = cn_h5_node_new(group, name, length);
    if (!child || !insert(group, child, at))
        return NULL;
    child->is_group = true;
    return child;
}

/* Fills all but the data of a value of numbers. */
static bool describe(cn_h5_value *value, cn_h5_kind kind, size_t rank, const size_t *shape)
{
    value->kind = kind;
    value->width = cn_h5_kind_size(kind);
    value->rank = rank;
    value->count = 1;
    if (!value->width || rank > CN_H5_MAX_RANK)
        return cn_fail(CN_EINVAL,
                       "HDF5: expected numbers of at most %d dimensions, found %s of %zu",
                       CN_H5_MAX_RANK, cn_h5_kind_name(kind), rank);
    if (rank && !(value->shape = cn_mem_calloc(rank, sizeof *shape)))
        return false;
    bool fits = true;
    for (size_t i = 0; i < rank; i++) {
        value->shape[i] = shape[i];
        fits = fits && cn_size_mul(value->count, shape[i], &value->count);
    }
    return (fits && cn_size_mul(value->count, value->width, &value->size)) ||
           cn_fail(CN_EINVAL, "HDF5: the shape is too large");
}

cn_h5_node *cn_h5_add_dataset(cn_h5_node *parent, const char *path, cn_h5_kind kind, size_t rank,
                              const size_t *shape, const void *data)
{
    size_t length, at;
    if (!parent || !path)
        return NULL;
    const char *name = path;
    cn_h5_node *group = walk(parent, &name, &length);
    if (!group)
        return NULL;
    if (!length || cn_h5_node_place(group, name, length, &at))
        return cn_fail_null(CN_EINVAL, "HDF5: expected a new name, found '%s' again", path);
    cn_h5_node *node = cn_h5_node_new(group, name, length);
    if (!node)
        return NULL;
    node->value.data = data;
    bool ok = describe(&node->value, kind, rank, shape);
    if (ok && kind == CN_H5_BFLOAT16)
        ok = cn_h5_set_text(node, "dtype", "bfloat16");
    if (ok)
        return insert(group, node, at) ? node : NULL;
    cn_h5_node_free(node);
    return NULL;
}

/* Takes `value`'s insides, also when the call fails. */
static bool set(cn_h5_node *node, const char *name, cn_h5_value *value)
{
    const cn_h5_value *old = cn_h5_attribute_find(node, name);
    cn_h5_attribute a = {.name = cn_mem_strdup(name), .value = *value};
    if (!a.name) {
        cn_h5_value_clear(value);
        return false;
    }
    if (!old)
        return cn_h5_attribute_append(node, &a);
    size_t at = 0;
    while (&node->attributes[at].value != old)
        at++;
    cn_mem_free(node->attributes[at].name);
    cn_h5_value_clear(&node->attributes[at].value);
    a.value.node = node;
    a.value.attribute = a.name;
    node->attributes[at] = a;
    return true;
}

/* A copy of the value's bytes becomes its own. */
static bool own(cn_h5_value *value, const void *bytes)
{
    value->owned = cn_mem_alloc(value->size + 1);
    if (!value->owned)
        return false;
    if (value->size)
        memcpy(value->owned, bytes, value->size);
    ((char *)value->owned)[value->size] = 0;
    value->data = value->owned;
    return true;
}

bool cn_h5_set_numbers(cn_h5_node *node, const char *name, cn_h5_kind kind, size_t rank,
                       const size_t *shape, const void *data)
{
    cn_h5_value value = {0};
    if (!node || !name)
        return false;
    if (describe(&value, kind, rank, shape) && own(&value, data))
        return set(node, name, &value);
    cn_h5_value_clear(&value);
    return false;
}

bool cn_h5_set_text(cn_h5_node *node, const char *name, const char *text)
{
    if (!node || !name || !text)
        return false;
    cn_h5_value value = {.kind = CN_H5_TEXT, .width = TEXT_WIDTH, .count = 1, .size = strlen(text)};
    return own(&value, text) && set(node, name, &value);
}

bool cn_h5_set_int(cn_h5_node *node, const char *name, int64_t number)
{
    return cn_h5_set_numbers(node, name, CN_H5_INT64, 0, NULL, &number);
}

bool cn_h5_set_double(cn_h5_node *node, const char *name, double number)
{
    return cn_h5_set_numbers(node, name, CN_H5_FLOAT64, 0, NULL, &number);
}

bool cn_h5_set_bool(cn_h5_node *node, const char *name, bool truth)
{
    unsigned char byte = truth;
    return cn_h5_set_numbers(node, name, CN_H5_BOOL, 0, NULL, &byte);
}

static size_t longest(const char *const *items, size_t count)
{
    size_t width = 1;
    for (size_t i = 0; i < count; i++)
        width = strlen(items[i]) > width ? strlen(items[i]) : width;
    return width;
}

static bool set_fixed(cn_h5_node *node, const char *name, const char *const *items, size_t count,
                      size_t width)
{
    cn_h5_value value = {
        .kind = CN_H5_STRING, .width = width, .rank = 1, .count = count, .padding = 1};
    if (!cn_size_mul(count, width, &value.size))
        return cn_fail(CN_EINVAL, "HDF5: attribute '%s' is too large", name);
    value.shape = cn_mem_calloc(1, sizeof *value.shape);
    char *bytes = value.shape ? cn_mem_calloc(count, width) : NULL;
    if (!bytes) {
        cn_h5_value_clear(&value);
        return false;
    }
    value.shape[0] = count;
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + i * width, items[i], strlen(items[i]));
    value.data = value.owned = bytes;
    return set(node, name, &value);
}

/* The bytes are the texts, a NUL between each two. */
bool cn_h5_set_strings(cn_h5_node *node, const char *name, const char *const *items, size_t count)
{
    if (!node || !name)
        return false;
    if (!count)
        return cn_h5_set_numbers(node, name, CN_H5_FLOAT64, 1, &count, NULL);
    cn_h5_value value = {.kind = CN_H5_TEXT, .width = TEXT_WIDTH, .rank = 1, .count = count};
    for (size_t i = 0; i < count; i++)
        value.size += strlen(items[i]) + 1;
    value.shape = cn_mem_calloc(1, sizeof *value.shape);
    char *bytes = value.shape ? cn_mem_alloc(value.size) : NULL;
    if (!bytes) {
        cn_h5_value_clear(&value);
        return false;
    }
    value.shape[0] = count;
    value.data = value.owned = bytes;
    for (size_t i = 0; i < count; i++)
        bytes = strcpy(bytes, items[i]) + strlen(items[i]) + 1;
    return set(node, name, &value);
}

/* The parts are NumPy's array_split: the first ones are longer by one. */
bool cn_h5_set_names(cn_h5_node *node, const char *name, const char *const *items, size_t count)
{
    size_t width = count ? longest(items, count) : 1, parts = 1;
    if (!node || !name)
        return false;
    if (width > NAMES_LIMIT)
        return cn_fail(CN_EINVAL, "HDF5: expected names of at most %d bytes in '%s', found %zu",
                       NAMES_LIMIT, name, width);
    while ((count + parts - 1) / parts > NAMES_LIMIT / width)
        parts++;
    if (parts == 1 && count <= NAMES_LIMIT / TEXT_WIDTH)
        return cn_h5_set_strings(node, name, items, count);
    for (size_t i = 0, at = 0; i < parts; i++) {
        size_t n = count / parts + (i < count % parts);
        char *part = parts > 1 ? cn_mem_printf("%s%zu", name, i) : cn_mem_strdup(name);
        bool ok = part && set_fixed(node, part, items + at, n, width);
        cn_mem_free(part);
        if (!ok)
            return false;
        at += n;
    }
    return true;
}
