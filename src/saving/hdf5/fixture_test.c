#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "saving/hdf5/hdf5_test.h"

/* The file's path follows from this one's: .../src/saving/hdf5/fixture_test.c */
static FILE *open_fixture(const char *name)
{
    char path[1024];
    const char *here = __FILE__, *tail = strstr(here, "src/saving/hdf5/");
    snprintf(path, sizeof path, "%.*stests/data/hdf5/%s", tail ? (int)(tail - here) : 0, here,
             name);
    return fopen(path, "rb");
}

cn_h5_file cn_h5_fixture(const char *name)
{
    cn_h5_file file = {0};
    FILE *f = open_fixture(name);
    if (!CHECK(f != NULL))
        return file;
    enum { MOST = 1 << 20 };
    file.data = malloc(MOST);
    file.size = file.data ? fread(file.data, 1, MOST, f) : 0;
    fclose(f);
    /* Exactly its size, so that a sanitizer sees what reads past it. */
    unsigned char *tight = realloc(file.data, file.size ? file.size : 1);
    file.data = tight ? tight : file.data;
    return file;
}

typedef struct filled {
    cn_h5_file file;
    size_t at;
} filled;

static bool append(void *context, const void *bytes, size_t n)
{
    filled *f = context;
    if (n > f->file.size - f->at)
        return false;
    memcpy(f->file.data + f->at, bytes, n);
    f->at += n;
    return true;
}

cn_h5_file cn_h5_written(const cn_h5_node *root)
{
    filled f = {0};
    cn_h5_image *image = cn_h5_image_new(root);
    f.file.size = (size_t)cn_h5_image_size(image);
    f.file.data = image ? malloc(f.file.size) : NULL;
    if (image && (!CHECK(cn_h5_image_write(image, append, &f)) || !CHECK(f.at == f.file.size)))
        f.file.size = 0;
    cn_h5_image_free(image);
    return f.file;
}

static bool same_strings(const cn_h5_value *a, const cn_h5_value *b)
{
    cn_h5_strings x, y;
    bool same = cn_h5_strings_read(a, &x);
    if (same && !(same = cn_h5_strings_read(b, &y)))
        cn_h5_strings_free(&x);
    if (!same)
        return false;
    same = x.count == y.count;
    for (size_t i = 0; same && i < x.count; i++)
        same = !strcmp(x.items[i], y.items[i]);
    cn_h5_strings_free(&x);
    cn_h5_strings_free(&y);
    return same;
}

static bool same_value(const cn_h5_value *a, const cn_h5_value *b)
{
    if (a->kind != b->kind || a->rank != b->rank || a->count != b->count ||
        (a->rank && memcmp(a->shape, b->shape, a->rank * sizeof *a->shape)))
        return false;
    if (a->kind == CN_H5_STRING || a->kind == CN_H5_TEXT)
        return same_strings(a, b);
    size_t size = a->count * cn_h5_kind_size(a->kind);
    if (!size)
        return a->size == b->size && (!a->size || !memcmp(a->data, b->data, a->size));
    unsigned char *x = malloc(size), *y = malloc(size);
    bool same = x && y && cn_h5_copy(a, x) && cn_h5_copy(b, y) && !memcmp(x, y, size);
    free(x);
    free(y);
    return same;
}

bool cn_h5_same_tree(const cn_h5_node *a, const cn_h5_node *b)
{
    bool same = !strcmp(a->name, b->name) && a->is_group == b->is_group && a->count == b->count &&
                a->attribute_count == b->attribute_count &&
                (a->is_group || same_value(&a->value, &b->value));
    for (size_t i = 0; same && i < a->attribute_count; i++) {
        const cn_h5_value *other = cn_h5_attribute_find(b, a->attributes[i].name);
        same = other && same_value(&a->attributes[i].value, other);
    }
    for (size_t i = 0; same && i < a->count; i++)
        same = cn_h5_same_tree(a->children[i], b->children[i]);
    return same;
}
