/* Strings of variable length lie in collections of the global heap; an attribute holds but
 * references. */
#include "cornu/error.h"
#include "saving/hdf5/write.h"

enum { HEAD = 16, SMALLEST = 4096, LARGEST = 1 << 20, MOST_OBJECTS = 4096 };

static void open_collection(cn_h5_writer *w)
{
    w->collection = w->out->size;
    w->in_collection = true;
    w->objects = 0;
    cn_h5_put_bytes(w->out, "GCOL\1\0\0\0", 8);
    cn_h5_put(w->out, 0, 8); /* its size, when it is known */
}

/* A collection has at least 4096 bytes; what is left is object 0, free space, whose size counts its
 * head. */
static void close_collection(cn_h5_writer *w)
{
    size_t size = w->out->size - w->collection, rest = size < SMALLEST ? SMALLEST - size : 0;
    if (rest >= HEAD) {
        cn_h5_put(w->out, 0, 8);
        cn_h5_put(w->out, rest, 8);
        rest -= HEAD;
    }
    cn_h5_put_zeros(w->out, rest); /* fewer than a head's bytes need none */
    cn_h5_patch(w->out, w->collection + 8, w->out->size - w->collection, 8);
    w->in_collection = false;
}

static bool put_string(cn_h5_writer *w, const unsigned char *text, size_t length)
{
    bool full =
        w->in_collection && (w->objects == MOST_OBJECTS || w->out->size - w->collection > LARGEST);
    if (full)
        close_collection(w);
    if (!w->in_collection)
        open_collection(w);
    cn_h5_put(&w->places, w->start + w->collection, 8);
    cn_h5_put(&w->places, ++w->objects, 4);
    cn_h5_put(&w->places, length, 4);
    cn_h5_put(w->out, w->objects, 8); /* index; reference count and four bytes are 0 */
    cn_h5_put(w->out, length, 8);
    cn_h5_put_bytes(w->out, text, length);
    cn_h5_put_zeros(w->out, (8 - length % 8) % 8);
    return !w->out->failed && !w->places.failed;
}

static bool put_value(cn_h5_writer *w, const cn_h5_value *value)
{
    cn_h5_texts texts = cn_h5_texts_begin(value);
    for (size_t i = 0; value->kind == CN_H5_TEXT && i < value->count; i++) {
        const unsigned char *text;
        size_t length;
        if (!cn_h5_texts_next(&texts, &text, &length))
            return false;
        if (length > UINT32_MAX)
            return cn_h5_bad_value(value, CN_EINVAL, "expected text below 4 GiB, found %zu bytes",
                                   length);
        if (!put_string(w, text, length))
            return false;
    }
    return true;
}

/* Children first, as the headers are written. As deep as the tree. */
static bool put_node(cn_h5_writer *w, const cn_h5_node *node)
{
    for (size_t i = 0; i < node->count; i++)
        if (!put_node(w, node->children[i]))
            return false;
    for (size_t i = 0; i < node->attribute_count; i++)
        if (!put_value(w, &node->attributes[i].value))
            return false;
    return true;
}

bool cn_h5_write_strings(cn_h5_writer *w, const cn_h5_node *root)
{
    if (!put_node(w, root))
        return false;
    if (w->in_collection)
        close_collection(w);
    return !w->out->failed;
}
