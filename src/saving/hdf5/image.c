/* A tree laid out as a file: superblock | data | strings | object headers.
 *
 * Data comes first, since its addresses follow from its sizes alone; then the strings of variable
 * length; then the headers, children before their group, so that each address is known when it is
 * written. The three walks visit the tree in the same order, so a running number is all they have
 * to share. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/write.h"

enum { SUPERBLOCK = 48 };

struct cn_h5_image {
    const cn_h5_node *root;
    unsigned char superblock[SUPERBLOCK];
    uint64_t metadata_at; /* where `metadata` starts in the file */
    cn_h5_bytes metadata;
};

uint64_t cn_h5_aligned(uint64_t at)
{
    return (at + CN_H5_ALIGN - 1) / CN_H5_ALIGN * CN_H5_ALIGN;
}

/* Calls `visit` for each data set with elements, in order. As deep as the tree. */
static bool each_dataset(const cn_h5_node *node, bool (*visit)(void *, const cn_h5_value *),
                         void *context)
{
    if (!node->is_group)
        return !node->value.size || visit(context, &node->value);
    for (size_t i = 0; i < node->count; i++)
        if (!each_dataset(node->children[i], visit, context))
            return false;
    return true;
}

static bool add_size(void *context, const cn_h5_value *value)
{
    uint64_t *end = context, start = cn_h5_aligned(*end);
    if (value->size > INT64_MAX - start)
        return cn_fail(CN_EINVAL, "HDF5: the file is too large");
    *end = start + value->size;
    return true;
}

static bool write_superblock(cn_h5_image *image, uint64_t root)
{
    cn_h5_bytes b = {0};
    cn_h5_put_bytes(&b, "\211HDF\r\n\032\n", 8);
    cn_h5_put(&b, 2, 1); /* version */
    cn_h5_put(&b, 8, 1); /* bytes of an address */
    cn_h5_put(&b, 8, 1); /* bytes of a size */
    cn_h5_put(&b, 0, 1);
    cn_h5_put(&b, 0, 8); /* base address */
    cn_h5_put(&b, UINT64_MAX, 8);
    cn_h5_put(&b, cn_h5_image_size(image), 8);
    cn_h5_put(&b, root, 8);
    cn_h5_put_checksum(&b, 0);
    if (!b.failed)
        memcpy(image->superblock, b.bytes, SUPERBLOCK);
    cn_mem_free(b.bytes);
    return !b.failed;
}

cn_h5_image *cn_h5_image_new(const cn_h5_node *root)
{
    if (!root)
        return NULL;
    uint64_t end = SUPERBLOCK;
    cn_h5_image *image = cn_mem_calloc(1, sizeof *image);
    if (!image)
        return NULL;
    image->root = root;
    if (each_dataset(root, add_size, &end)) {
        image->metadata_at = cn_h5_aligned(end);
        cn_h5_writer w = {.out = &image->metadata, .start = image->metadata_at, .data = SUPERBLOCK};
        uint64_t at;
        bool ok = cn_h5_write_strings(&w, root) && cn_h5_write_object(&w, root, &at);
        cn_mem_free(w.places.bytes);
        if (ok && write_superblock(image, at))
            return image;
    }
    cn_h5_image_free(image);
    return NULL;
}

uint64_t cn_h5_image_size(const cn_h5_image *image)
{
    return image ? image->metadata_at + image->metadata.size : 0;
}

typedef struct stream {
    cn_h5_sink sink;
    void *context;
    uint64_t at;
} stream;

static bool pad_to(stream *s, uint64_t at)
{
    static const unsigned char zeros[CN_H5_ALIGN];
    size_t n = (size_t)(at - s->at);
    s->at = at;
    return !n || s->sink(s->context, zeros, n);
}

static bool write_data(void *context, const cn_h5_value *value)
{
    stream *s = context;
    if (!pad_to(s, cn_h5_aligned(s->at)))
        return false;
    s->at += value->size;
    return s->sink(s->context, value->data, value->size);
}

bool cn_h5_image_write(const cn_h5_image *image, cn_h5_sink sink, void *context)
{
    if (!image)
        return false;
    stream s = {sink, context, SUPERBLOCK};
    return sink(context, image->superblock, SUPERBLOCK) &&
           each_dataset(image->root, write_data, &s) && pad_to(&s, image->metadata_at) &&
           sink(context, image->metadata.bytes, image->metadata.size);
}

void cn_h5_image_free(cn_h5_image *image)
{
    if (!image)
        return;
    cn_mem_free(image->metadata.bytes);
    cn_mem_free(image);
}
