/* Filters of chunked storage: bytes of elements laid apart (shuffle), then zlib's compression. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/inflate.h"
#include "saving/hdf5/read.h"

enum { DEFLATE = 1, SHUFFLE = 2, FIRST_WITH_NAME = 256, DEFLATE_MOST = 1032 };

/* An id, perhaps a name, flags, values; version 1 pads to multiples of 8 bytes. */
static unsigned take_filter(cn_h5_cursor *c, unsigned version)
{
    unsigned id = (unsigned)cn_h5_take(c, 2);
    uint64_t name = version == 1 || id >= FIRST_WITH_NAME ? cn_h5_take(c, 2) : 0;
    cn_h5_take(c, 2);
    uint64_t values = cn_h5_take(c, 2);
    cn_h5_take_bytes(c, version == 1 ? (name + 7) / 8 * 8 : name);
    cn_h5_take_bytes(c, 4 * values + (version == 1 ? 4 * (values % 2) : 0));
    return id;
}

bool cn_h5_read_filters(cn_h5_value *value, cn_h5_cursor *c, cn_h5_filters *filters)
{
    unsigned version = (unsigned)cn_h5_take(c, 1), count = (unsigned)cn_h5_take(c, 1);
    bool known = true;
    cn_h5_take_bytes(c, version == 1 ? 6 : 0);
    for (unsigned i = 0; i < count && c->ok; i++) {
        unsigned id = take_filter(c, version);
        known =
            known && !filters->deflate && (id == DEFLATE || (id == SHUFFLE && !filters->shuffle));
        filters->deflate = filters->deflate || id == DEFLATE;
        filters->shuffle = filters->shuffle || id == SHUFFLE;
    }
    if (!c->ok || version < 1 || version > 2)
        return cn_h5_bad_value(value, CN_EFORMAT, "the list of filters is damaged");
    if (!known)
        cn_h5_refuse(value, "filters other than shuffle and deflate");
    return true;
}

/* All first bytes of the elements, then all second ones ... to whole elements. */
static unsigned char *unshuffled(const unsigned char *bytes, size_t size, size_t width)
{
    unsigned char *out = cn_mem_alloc(size);
    size_t count = size / width;
    for (size_t k = 0; out && k < width; k++)
        for (size_t i = 0; i < count; i++)
            out[i * width + k] = bytes[k * count + i];
    return out;
}

unsigned char *cn_h5_unfilter(const cn_h5_value *value, cn_h5_filters filters,
                              const unsigned char *bytes, size_t n, size_t size)
{
    bool sound = filters.deflate ? size / DEFLATE_MOST <= n : size == n;
    if (!sound) {
        cn_h5_bad_value(value, CN_EFORMAT, "expected a chunk of %zu bytes, found %zu", size, n);
        return NULL;
    }
    unsigned char *plain = cn_mem_alloc(size), *out = plain;
    if (!plain)
        return NULL;
    if (!filters.deflate) {
        memcpy(plain, bytes, size);
    } else if (!cn_inflate(CN_INFLATE_ZLIB, bytes, n, plain, size)) {
        cn_mem_free(plain);
        return NULL;
    }
    if (filters.shuffle) {
        out = unshuffled(plain, size, value->width);
        cn_mem_free(plain);
    }
    return out;
}
