/* Where the elements of a data set lie. */
#include "base/alloc.h"
#include "cornu/error.h"
#include "saving/hdf5/read.h"

enum { COMPACT = 0, CONTIGUOUS = 1, CHUNKED = 2, VIRTUAL = 3 };

static bool cut_short(const cn_h5_value *value)
{
    return cn_h5_bad_value(value, CN_EFORMAT, "the data layout is damaged or cut short");
}

static bool in_header(cn_h5_value *value, cn_h5_cursor *c, uint64_t size)
{
    const unsigned char *data = cn_h5_take_bytes(c, size);
    if (!data)
        return cut_short(value);
    if (size < value->size)
        return cn_h5_bad_value(value, CN_EFORMAT, "expected %zu bytes in the header, found %llu",
                               value->size, (unsigned long long)size);
    value->data = data;
    return true;
}

static bool in_file(cn_h5_value *value, const cn_h5_source *s, uint64_t address, uint64_t size)
{
    if (!value->size)
        return true;
    if (address == CN_H5_NOWHERE) {
        cn_h5_refuse(value, "a data set that was never written");
        return true;
    }
    if (size < value->size)
        return cn_h5_bad_value(value, CN_EFORMAT, "expected %zu bytes, found storage for %llu",
                               value->size, (unsigned long long)size);
    cn_h5_cursor c = cn_h5_peek(s, address, value->size);
    if (!c.ok)
        return cn_h5_bad_value(value, CN_EFORMAT,
                               "expected %zu bytes at %llu, found the file's end at %zu",
                               value->size, (unsigned long long)address, s->size);
    value->data = c.at;
    return true;
}

/* Versions 1 and 2: the dimensions come along, the size of contiguous data does not. */
static bool read_early(cn_h5_value *value, cn_h5_cursor *c, const cn_h5_source *s)
{
    unsigned rank = (unsigned)cn_h5_take(c, 1), class = (unsigned)cn_h5_take(c, 1);
    cn_h5_take_bytes(c, 5);
    uint64_t address = class == COMPACT ? CN_H5_NOWHERE : cn_h5_take_address(c, s);
    cn_h5_take_bytes(c, 4 * (uint64_t)rank);
    if (!c->ok)
        return cut_short(value);
    if (class == COMPACT)
        return in_header(value, c, cn_h5_take(c, 4));
    if (class == CONTIGUOUS)
        return in_file(value, s, address, UINT64_MAX);
    cn_h5_refuse(value, "chunked storage of an early format");
    return true;
}

bool cn_h5_read_layout(cn_h5_value *value, cn_h5_cursor *c, cn_h5_source *s, cn_h5_cursor *filters)
{
    unsigned version = (unsigned)cn_h5_take(c, 1);
    if (!c->ok || version < 1 || version > 4)
        return cn_h5_bad_value(value, CN_EFORMAT,
                               "expected a data layout of version 1 to 4, found %u", version);
    if (version < 3)
        return read_early(value, c, s);
    unsigned class = (unsigned)cn_h5_take(c, 1);
    if (!c->ok || class > VIRTUAL)
        return cut_short(value);
    if (class == COMPACT)
        return in_header(value, c, cn_h5_take(c, 2));
    if (class == CONTIGUOUS) {
        uint64_t address = cn_h5_take_address(c, s), size = cn_h5_take_length(c, s);
        return c->ok ? in_file(value, s, address, size) : cut_short(value);
    }
    if (class == VIRTUAL)
        cn_h5_refuse(value, "a virtual data set");
    else if (version == 4)
        cn_h5_refuse(value, "chunked storage of the new format");
    else
        return cn_h5_read_chunks(value, c, s, filters);
    return true;
}
