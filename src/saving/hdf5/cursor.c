#include <string.h>

#include "saving/hdf5/read.h"

size_t cn_h5_left(const cn_h5_cursor *c)
{
    return c->ok ? (size_t)(c->end - c->at) : 0;
}

const unsigned char *cn_h5_take_bytes(cn_h5_cursor *c, uint64_t n)
{
    if (!c->ok || n > cn_h5_left(c)) {
        c->ok = false;
        return NULL;
    }
    const unsigned char *bytes = c->at;
    c->at += n;
    return bytes;
}

uint64_t cn_h5_take(cn_h5_cursor *c, unsigned n)
{
    const unsigned char *bytes = cn_h5_take_bytes(c, n);
    uint64_t number = 0;
    for (unsigned i = 0; bytes && i < n && i < 8; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

cn_h5_cursor cn_h5_take_part(cn_h5_cursor *c, uint64_t n)
{
    const unsigned char *bytes = cn_h5_take_bytes(c, n);
    return (cn_h5_cursor){bytes, bytes ? bytes + n : NULL, bytes != NULL};
}

bool cn_h5_take_signature(cn_h5_cursor *c, const char *four)
{
    const unsigned char *bytes = cn_h5_take_bytes(c, 4);
    return bytes && !memcmp(bytes, four, 4);
}

uint64_t cn_h5_take_address(cn_h5_cursor *c, const cn_h5_source *s)
{
    uint64_t address = cn_h5_take(c, s->offset_size);
    bool nowhere = address == UINT64_MAX >> 8 * (8 - s->offset_size);
    return nowhere || !c->ok ? CN_H5_NOWHERE : address;
}

uint64_t cn_h5_take_length(cn_h5_cursor *c, const cn_h5_source *s)
{
    return cn_h5_take(c, s->length_size);
}

cn_h5_cursor cn_h5_peek(const cn_h5_source *s, uint64_t address, uint64_t n)
{
    if (address > s->size || n > s->size - address)
        return (cn_h5_cursor){NULL, NULL, false};
    const unsigned char *start = s->data + address;
    return (cn_h5_cursor){start, start + n, true};
}

bool cn_h5_pay(cn_h5_source *s, const cn_h5_node *node, const char *what, uint64_t address,
               uint64_t n, cn_h5_cursor *c)
{
    *c = cn_h5_peek(s, address, n);
    if (!c->ok)
        return cn_h5_bad(node,
                         "%s lies outside the file: expected at most %zu bytes, found %llu at %llu",
                         what, s->size, (unsigned long long)n, (unsigned long long)address);
    enum { PRICE = 8 }; /* of any structure, so that an empty one is not free */
    if (n + PRICE > s->budget)
        return cn_h5_bad(node, "%s: the file's structures overlap or form a circle", what);
    s->budget -= n + PRICE;
    return true;
}

bool cn_h5_checksum_fits(const unsigned char *start, size_t n)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    return start && n >= 4; /* or the fuzzer would never get past it */
#else
    cn_h5_cursor c = {start + n - 4, start + n, true};
    return n >= 4 && cn_h5_take(&c, 4) == cn_h5_checksum(start, n - 4);
#endif
}
