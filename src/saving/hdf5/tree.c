#include "saving/hdf5/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

void cn_h5_value_clear(cn_h5_value *value)
{
    cn_mem_free(value->shape);
    cn_mem_free(value->owned);
    *value = (cn_h5_value){0};
}

cn_h5_node *cn_h5_node_new(cn_h5_node *parent, const char *name, size_t length)
{
    cn_h5_node *node = cn_mem_calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->name = cn_mem_strndup(name, length);
    if (!node->name) {
        cn_mem_free(node);
        return NULL;
    }
    node->parent = parent;
    node->source = parent ? parent->source : NULL;
    node->value.node = node;
    return node;
}

/* Recursion is as deep as the tree: CN_H5_MAX_DEPTH. */
void cn_h5_node_free(cn_h5_node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->count; i++)
        cn_h5_node_free(node->children[i]);
    for (size_t i = 0; i < node->attribute_count; i++) {
        cn_mem_free(node->attributes[i].name);
        cn_h5_value_clear(&node->attributes[i].value);
    }
    cn_h5_value_clear(&node->value);
    cn_mem_free(node->children);
    cn_mem_free(node->attributes);
    cn_mem_free(node->name);
    cn_mem_free(node);
}

cn_h5_node *cn_h5_new(void)
{
    cn_h5_node *root = cn_h5_node_new(NULL, "", 0);
    if (root)
        root->is_group = true;
    return root;
}

void cn_h5_free(cn_h5_node *root)
{
    if (!root)
        return;
    cn_mem_free(root->source);
    cn_h5_node_free(root);
}

bool cn_h5_node_append(cn_h5_node *parent, cn_h5_node *child)
{
    if (!child)
        return false;
    if (!cn_mem_reserve(&parent->children, &parent->capacity, parent->count + 1,
                        sizeof *parent->children)) {
        cn_h5_node_free(child);
        return false;
    }
    parent->children[parent->count++] = child;
    return true;
}

bool cn_h5_attribute_append(cn_h5_node *node, cn_h5_attribute *attribute)
{
    if (!cn_mem_reserve(&node->attributes, &node->attribute_capacity, node->attribute_count + 1,
                        sizeof *node->attributes)) {
        cn_mem_free(attribute->name);
        cn_h5_value_clear(&attribute->value);
        return false;
    }
    attribute->value.node = node;
    attribute->value.attribute = attribute->name;
    node->attributes[node->attribute_count++] = *attribute;
    return true;
}

bool cn_h5_node_place(const cn_h5_node *parent, const char *name, size_t length, size_t *at)
{
    size_t low = 0, high = parent->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *other = parent->children[middle]->name;
        int order = strncmp(other, name, length);
        if (!order && other[length])
            order = 1;
        if (!order) {
            *at = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return false;
}

cn_h5_node *cn_h5_find(const cn_h5_node *from, const char *path)
{
    const cn_h5_node *node = from;
    while (node && path) {
        path += strspn(path, "/");
        size_t length = strcspn(path, "/"), at;
        if (!length)
            return (cn_h5_node *)node;
        node = cn_h5_node_place(node, path, length, &at) ? node->children[at] : NULL;
        path += length;
    }
    return NULL;
}

const cn_h5_value *cn_h5_attribute_find(const cn_h5_node *node, const char *name)
{
    for (size_t i = 0; node && i < node->attribute_count; i++)
        if (!strcmp(node->attributes[i].name, name))
            return &node->attributes[i].value;
    return NULL;
}

size_t cn_h5_node_depth(const cn_h5_node *node)
{
    size_t depth = 0;
    for (; node->parent; node = node->parent)
        depth++;
    return depth;
}

/* Fills from the back, since the way leads from the leaf to the root. Long paths lose their front.
 */
static const char *path_text(const cn_h5_node *node, char *buffer, size_t size)
{
    char *at = buffer + size - 1;
    *at = 0;
    for (; node && node->parent; node = node->parent) {
        size_t length = strlen(node->name);
        if (length + 1 > (size_t)(at - buffer))
            break;
        at -= length;
        memcpy(at, node->name, length);
        *--at = '/';
    }
    return *at ? at : "/";
}

char *cn_h5_path(const cn_h5_node *node)
{
    if (!node)
        return NULL;
    size_t size = 2;
    for (const cn_h5_node *up = node; up; up = up->parent)
        size += strlen(up->name) + 1;
    char *buffer = cn_mem_alloc(size);
    if (!buffer)
        return NULL;
    const char *text = path_text(node, buffer, size);
    memmove(buffer, text, strlen(text) + 1);
    return buffer;
}

bool cn_h5_bad(const cn_h5_node *node, const char *format, ...)
{
    char path[256], text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return cn_fail(CN_EFORMAT, "HDF5 object '%s': %s", path_text(node, path, sizeof path), text);
}

bool cn_h5_bad_value(const cn_h5_value *value, int code, const char *format, ...)
{
    char path[256], text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return cn_fail((cn_code)code, "%sHDF5 object '%s'%s%s%s: %s",
                   code == CN_EUNSUPPORTED ? "not supported: " : "",
                   path_text(value->node, path, sizeof path),
                   value->attribute ? ", attribute '" : "",
                   value->attribute ? value->attribute : "", value->attribute ? "'" : "", text);
}
