/* The superblock: where a file's addresses count from, how wide they are, where its root is. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/read.h"

static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

typedef struct superblock {
    uint64_t base, end, root;
} superblock;

static bool damaged(const char *what, unsigned long long found)
{
    return cn_fail(CN_EFORMAT, "HDF5 file: %s, found %llu", what, found);
}

/* A file may start with a block of the user's: the superblock is at 0, 512, 1024, 2048 ... */
static bool find_start(const unsigned char *data, size_t size, size_t *start)
{
    for (*start = 0; *start < size && size - *start >= 8; *start = *start ? *start * 2 : 512)
        if (!memcmp(data + *start, signature, 8))
            return true;
        else if (*start > SIZE_MAX / 2)
            break;
    return cn_fail(CN_EFORMAT, "not an HDF5 file: expected its signature in %zu bytes, found none",
                   size);
}

static bool known_widths(const cn_h5_source *s)
{
    unsigned o = s->offset_size, l = s->length_size;
    return ((o == 2 || o == 4 || o == 8) && (l == 2 || l == 4 || l == 8)) ||
           damaged("expected addresses and sizes of 2, 4 or 8 bytes", o * 100 + l);
}

/* Versions 0 and 1: the root is an entry of a symbol table. */
static bool read_old(cn_h5_source *s, cn_h5_cursor *c, unsigned version, superblock *b)
{
    cn_h5_take_bytes(c, 4);
    s->offset_size = (unsigned)cn_h5_take(c, 1);
    s->length_size = (unsigned)cn_h5_take(c, 1);
    cn_h5_take_bytes(c, version ? 13 : 9);
    if (!known_widths(s))
        return false;
    b->base = cn_h5_take_address(c, s);
    cn_h5_take_address(c, s); /* free space */
    b->end = cn_h5_take_address(c, s);
    cn_h5_take_address(c, s);      /* driver */
    cn_h5_take(c, s->offset_size); /* the root's name */
    b->root = cn_h5_take_address(c, s);
    return c->ok || damaged("expected a whole superblock", version);
}

static bool read_new(cn_h5_source *s, cn_h5_cursor *c, superblock *b)
{
    s->offset_size = (unsigned)cn_h5_take(c, 1);
    s->length_size = (unsigned)cn_h5_take(c, 1);
    cn_h5_take(c, 1);
    if (!known_widths(s))
        return false;
    b->base = cn_h5_take_address(c, s);
    cn_h5_take_address(c, s); /* the superblock's extension */
    b->end = cn_h5_take_address(c, s);
    b->root = cn_h5_take_address(c, s);
    cn_h5_take(c, 4);
    if (!c->ok)
        return damaged("expected a whole superblock", 2);
    return cn_h5_checksum_fits(s->data, (size_t)(c->at - s->data)) ||
           cn_fail(CN_EFORMAT, "HDF5 file: the superblock's checksum is wrong");
}

static bool read_superblock(cn_h5_source *s, size_t start, superblock *b)
{
    cn_h5_cursor c = cn_h5_peek(s, 8, s->size - 8);
    unsigned version = (unsigned)cn_h5_take(&c, 1);
    if (version > 3)
        return damaged("expected a superblock of version 0 to 3", version);
    if (!(version < 2 ? read_old(s, &c, version, b) : read_new(s, &c, b)))
        return false;
    if (b->base != start && b->base)
        return damaged("expected a base address of its own place", b->base);
    if (b->base < b->end && b->end - b->base <= s->size)
        return true;
    return cn_fail(CN_EFORMAT, "HDF5 file: cut short: expected %llu bytes, found %zu",
                   (unsigned long long)(b->end - b->base), s->size);
}

cn_h5_node *cn_h5_open(const unsigned char *data, size_t size)
{
    size_t start;
    if (!data)
        return NULL;
    if (!find_start(data, size, &start))
        return NULL;
    cn_h5_node *root = cn_h5_new();
    cn_h5_source *s = root ? cn_mem_calloc(1, sizeof *s) : NULL;
    superblock b = {0};
    if (s) {
        *s = (cn_h5_source){.data = data + start, .size = size - start};
        s->budget = 4 * (uint64_t)s->size;
        root->source = s;
        if (read_superblock(s, start, &b)) {
            root->address = b.root;
            if (cn_h5_read_object(root) &&
                (root->is_group || cn_h5_bad(root, "expected the root to be a group")))
                return root;
        }
    }
    cn_h5_free(root);
    return NULL;
}
