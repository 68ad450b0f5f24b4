#include <string.h>

#include "base/alloc.h"
#include "saving/hdf5/write.h"

static unsigned char *grow(cn_h5_bytes *b, size_t n)
{
    if (b->failed || n > SIZE_MAX / 2 - b->size ||
        !cn_mem_reserve(&b->bytes, &b->capacity, b->size + n, 1)) {
        b->failed = true;
        return NULL;
    }
    unsigned char *at = b->bytes + b->size;
    b->size += n;
    return at;
}

void cn_h5_put_bytes(cn_h5_bytes *b, const void *bytes, size_t n)
{
    unsigned char *at = n ? grow(b, n) : NULL;
    if (at)
        memcpy(at, bytes, n);
}

void cn_h5_put_zeros(cn_h5_bytes *b, size_t n)
{
    unsigned char *at = n ? grow(b, n) : NULL;
    if (at)
        memset(at, 0, n);
}

void cn_h5_put(cn_h5_bytes *b, uint64_t number, unsigned n)
{
    unsigned char bytes[8];
    for (unsigned i = 0; i < n && i < 8; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    cn_h5_put_bytes(b, bytes, n);
}

void cn_h5_patch(cn_h5_bytes *b, size_t at, uint64_t number, unsigned n)
{
    for (unsigned i = 0; !b->failed && i < n; i++)
        b->bytes[at + i] = (unsigned char)(number >> 8 * i);
}

void cn_h5_put_checksum(cn_h5_bytes *b, size_t start)
{
    if (!b->failed)
        cn_h5_put(b, cn_h5_checksum(b->bytes + start, b->size - start), 4);
}
