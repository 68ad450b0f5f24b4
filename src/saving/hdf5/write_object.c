/* Object headers of version 2: messages of type, size, flags and body between a prefix and a
 * checksum. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/write.h"

enum {
    SPACE = 1,
    LINK_INFO = 2,
    TYPE = 3,
    FILL = 5,
    LINK = 6,
    LAYOUT = 8,
    GROUP_INFO = 10,
    ATTRIBUTE = 12
};

/* Returns where the message's size is, for end_message. */
static size_t begin_message(cn_h5_bytes *b, unsigned type)
{
    cn_h5_put(b, type, 1);
    cn_h5_put(b, 0, 2); /* its size, when it is known */
    cn_h5_put(b, 0, 1); /* flags */
    return b->size - 3;
}

static bool end_message(cn_h5_bytes *b, size_t at)
{
    if (b->failed)
        return false;
    size_t size = b->size - at - 3;
    cn_h5_patch(b, at, size, 2);
    return size <= CN_H5_MAX_MESSAGE;
}

static void write_references(cn_h5_writer *w, const cn_h5_value *value)
{
    for (size_t i = 0; i < value->count && !w->out->failed; i++) {
        const unsigned char *place = w->places.bytes + w->next_place;
        cn_h5_put_bytes(w->out, place + 12, 4);
        cn_h5_put_bytes(w->out, place, 12);
        w->next_place += CN_H5_PLACE;
    }
}

static bool write_attribute(cn_h5_writer *w, const cn_h5_attribute *a)
{
    cn_h5_bytes *b = w->out;
    const cn_h5_value *value = &a->value;
    if (!cn_h5_readable(value))
        return false;
    size_t message = begin_message(b, ATTRIBUTE), name = strlen(a->name) + 1, sizes = b->size + 2;
    cn_h5_put(b, 3, 2); /* version 3, no flags */
    cn_h5_put(b, name, 2);
    cn_h5_put(b, 0, 4); /* the sizes of type and space */
    cn_h5_put(b, 1, 1); /* the name is UTF-8 */
    cn_h5_put_bytes(b, a->name, name);
    size_t start = b->size;
    cn_h5_write_type(b, value);
    cn_h5_patch(b, sizes + 2, b->size - start, 2);
    start = b->size;
    cn_h5_write_space(b, value);
    cn_h5_patch(b, sizes + 4, b->size - start, 2);
    if (value->kind == CN_H5_TEXT)
        write_references(w, value);
    else
        cn_h5_put_bytes(b, value->data, value->size);
    bool fits = end_message(b, message);
    return fits || b->failed
               ? fits
               : cn_h5_bad_value(value, CN_EINVAL, "expected at most 64 KiB, found %zu bytes",
                                 value->size);
}

static bool write_attributes(cn_h5_writer *w, const cn_h5_node *node)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (!write_attribute(w, &node->attributes[i]))
            return false;
    return true;
}

static size_t begin_header(cn_h5_bytes *b)
{
    size_t start = b->size;
    cn_h5_put_bytes(b, "OHDR", 4);
    cn_h5_put(b, 2, 1); /* version */
    cn_h5_put(b, 2, 1); /* flags: the size has four bytes */
    cn_h5_put(b, 0, 4);
    return start;
}

static bool end_header(cn_h5_writer *w, size_t start, uint64_t *address)
{
    cn_h5_bytes *b = w->out;
    enum { PREFIX = 10 };
    if (b->failed)
        return false;
    uint64_t size = b->size - start - PREFIX;
    if (size > UINT32_MAX)
        return cn_fail(CN_EINVAL, "HDF5: a group has too many children or attributes");
    cn_h5_patch(b, start + 6, size, 4);
    cn_h5_put_checksum(b, start);
    *address = w->start + start;
    return !b->failed;
}

/* Contiguous storage; an empty data set has none. */
static bool write_dataset(cn_h5_writer *w, const cn_h5_node *node, uint64_t *address)
{
    cn_h5_bytes *b = w->out;
    const cn_h5_value *value = &node->value;
    if (!cn_h5_readable(value))
        return false;
    if (value->kind == CN_H5_TEXT)
        return cn_h5_bad_value(value, CN_EUNSUPPORTED,
                               "writing data sets of variable-length strings");
    uint64_t at = UINT64_MAX;
    if (value->size) {
        at = cn_h5_aligned(w->data);
        w->data = at + value->size;
    }
    size_t start = begin_header(b), message = begin_message(b, SPACE);
    cn_h5_write_space(b, value);
    end_message(b, message);
    message = begin_message(b, TYPE);
    cn_h5_write_type(b, value);
    end_message(b, message);
    message = begin_message(b, FILL);
    cn_h5_put(b, 0x0a03, 2); /* version 3; allocated late, filled if a value is set: none is */
    end_message(b, message);
    message = begin_message(b, LAYOUT);
    cn_h5_put(b, 0x0103, 2); /* version 3, contiguous */
    cn_h5_put(b, at, 8);
    cn_h5_put(b, value->size, 8);
    end_message(b, message);
    return write_attributes(w, node) && end_header(w, start, address);
}

static void write_link(cn_h5_bytes *b, const char *name, uint64_t address)
{
    size_t message = begin_message(b, LINK), length = strlen(name);
    cn_h5_put(b, 1, 1);        /* version */
    cn_h5_put(b, 1 | 0x10, 1); /* flags: a length of two bytes, the encoding is given */
    cn_h5_put(b, 1, 1);        /* UTF-8 */
    cn_h5_put(b, length, 2);
    cn_h5_put_bytes(b, name, length);
    cn_h5_put(b, address, 8);
    end_message(b, message);
}

static bool write_links(cn_h5_writer *w, const cn_h5_node *group, const uint64_t *addresses)
{
    enum { LONGEST = 32767 }; /* bytes of a name: a message must hold it */
    for (size_t i = 0; i < group->count; i++) {
        if (strlen(group->children[i]->name) > LONGEST)
            return cn_fail(CN_EINVAL, "HDF5: expected names of at most %d bytes", LONGEST);
        write_link(w->out, group->children[i]->name, addresses[i]);
    }
    return true;
}

static bool write_group(cn_h5_writer *w, const cn_h5_node *group, const uint64_t *addresses,
                        uint64_t *address)
{
    cn_h5_bytes *b = w->out;
    size_t start = begin_header(b), message = begin_message(b, LINK_INFO);
    cn_h5_put(b, 0, 2);          /* version 0, no order kept */
    cn_h5_put(b, UINT64_MAX, 8); /* no heap: */
    cn_h5_put(b, UINT64_MAX, 8); /* links are messages */
    end_message(b, message);
    message = begin_message(b, GROUP_INFO);
    cn_h5_put(b, 0, 2);
    end_message(b, message);
    return write_attributes(w, group) && write_links(w, group, addresses) &&
           end_header(w, start, address);
}

/* Children first. As deep as the tree. */
bool cn_h5_write_object(cn_h5_writer *w, const cn_h5_node *node, uint64_t *address)
{
    if (!node->is_group)
        return write_dataset(w, node, address);
    uint64_t *addresses = cn_mem_calloc(node->count, sizeof *addresses);
    bool ok = addresses != NULL;
    for (size_t i = 0; ok && i < node->count; i++)
        ok = cn_h5_write_object(w, node->children[i], &addresses[i]);
    ok = ok && write_group(w, node, addresses, address);
    cn_mem_free(addresses);
    return ok;
}
