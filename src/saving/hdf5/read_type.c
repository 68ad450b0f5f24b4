/* Data types and data spaces: which elements, and how many. */
#include <string.h>

#include "base/alloc.h"
#include "cornu/error.h"
#include "saving/hdf5/read.h"

enum { INTEGER = 0, REAL = 1, STRING = 3, OPAQUE = 5, ENUM = 8, VARIABLE = 9 };

void cn_h5_refuse(cn_h5_value *value, const char *reason)
{
    value->kind = CN_H5_UNREADABLE;
    if (!value->refusal)
        value->refusal = reason;
}

bool cn_h5_host_is_big(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return !first;
}

static bool cut_short(const cn_h5_value *value)
{
    return cn_h5_bad_value(value, CN_EFORMAT, "the data type is cut short");
}

static bool read_integer(cn_h5_value *value, unsigned bits, cn_h5_cursor *c)
{
    uint64_t offset = cn_h5_take(c, 2), precision = cn_h5_take(c, 2);
    if (!c->ok)
        return cut_short(value);
    static const cn_h5_kind kinds[2][4] = {{CN_H5_UINT8, CN_H5_UINT16, CN_H5_UINT32, CN_H5_UINT64},
                                           {CN_H5_INT8, CN_H5_INT16, CN_H5_INT32, CN_H5_INT64}};
    size_t width = value->width;
    unsigned which = width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : width == 8 ? 3 : 4;
    if (which == 4 || offset || precision != 8 * width) {
        cn_h5_refuse(value, "integers of other than 1, 2, 4 or 8 whole bytes");
        return true;
    }
    value->kind = kinds[bits >> 3 & 1][which];
    value->swapped = width > 1 && (bits & 1) != cn_h5_host_is_big();
    return true;
}

/* The IEEE formats, as the properties of a floating-point type spell them. */
static const struct {
    cn_h5_kind kind;
    unsigned char sign, properties[12];
} reals[] = {
    {CN_H5_FLOAT16, 15, {0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0}},
    {CN_H5_FLOAT32, 31, {0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0}},
    {CN_H5_FLOAT64, 63, {0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0}},
};

static bool read_real(cn_h5_value *value, unsigned bits, cn_h5_cursor *c)
{
    const unsigned char *properties = cn_h5_take_bytes(c, 12);
    if (!properties)
        return cut_short(value);
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        if (value->width * 8 != reals[i].properties[2] ||
            memcmp(properties, reals[i].properties, 12))
            continue;
        if ((bits & 0x70) != 0x20 || (bits >> 8 & 255) != reals[i].sign)
            break; /* another byte order than the two, a mantissa without its implied bit */
        value->kind = reals[i].kind;
        value->swapped = (bits & 1) != cn_h5_host_is_big();
        return true;
    }
    cn_h5_refuse(value, "floats of other than the IEEE formats of 2, 4 and 8 bytes");
    return true;
}

/* h5py's bool: FALSE = 0, TRUE = 1 over int8. Names are padded to 8 bytes before version 3. */
static bool read_enum(cn_h5_value *value, unsigned version, unsigned bits, cn_h5_cursor *c)
{
    static const char padded[] = "FALSE\0\0\0TRUE\0\0\0\0\0\1", tight[] = "FALSE\0TRUE\0\0\1";
    const char *want = version < 3 ? padded : tight;
    size_t n = version < 3 ? sizeof padded - 1 : sizeof tight - 1;
    const unsigned char *base = cn_h5_take_bytes(c, 12), *members = cn_h5_take_bytes(c, n);
    if (base && members && (bits & 0xffff) == 2 && (base[0] & 15) == INTEGER && value->width == 1 &&
        !memcmp(members, want, n))
        value->kind = CN_H5_BOOL;
    else
        cn_h5_refuse(value, "an enumeration other than h5py's bool");
    return true;
}

/* Variable-length text; the base type does not matter. An element is a length, an address, an
 * index. */
static bool read_variable(cn_h5_value *value, unsigned bits)
{
    size_t width = 8 + value->node->source->offset_size;
    if ((bits & 15) != 1)
        cn_h5_refuse(value, "variable-length data other than strings");
    else if (value->width != width)
        return cn_h5_bad_value(value, CN_EFORMAT,
                               "expected %zu bytes for a variable-length string, found %zu", width,
                               value->width);
    else
        value->kind = CN_H5_TEXT;
    return true;
}

bool cn_h5_read_type(cn_h5_value *value, cn_h5_cursor *c)
{
    unsigned head = (unsigned)cn_h5_take(c, 1), bits = (unsigned)cn_h5_take(c, 3);
    value->width = (size_t)cn_h5_take(c, 4);
    if (!c->ok)
        return cut_short(value);
    if (head >> 4 < 1 || head >> 4 > 4)
        return cn_h5_bad_value(value, CN_EFORMAT,
                               "expected a data type of version 1 to 4, found %u", head >> 4);
    if (!value->width)
        return cn_h5_bad_value(value, CN_EFORMAT, "its data type has elements of 0 bytes");
    switch (head & 15) {
    case INTEGER:
        return read_integer(value, bits, c);
    case REAL:
        return read_real(value, bits, c);
    case STRING:
        value->kind = CN_H5_STRING;
        value->padding = bits & 15;
        return true;
    case OPAQUE:
        value->kind = CN_H5_OPAQUE;
        return true;
    case ENUM:
        return read_enum(value, head >> 4, bits, c);
    case VARIABLE:
        return read_variable(value, bits);
    default:
        cn_h5_refuse(value, "a data type other than numbers, bool and strings");
        return true;
    }
}

static bool read_shape(cn_h5_value *value, cn_h5_cursor *c, const cn_h5_source *s)
{
    value->shape = cn_mem_calloc(value->rank, sizeof *value->shape);
    if (!value->shape)
        return false;
    bool fits = true, empty = false;
    for (size_t i = 0; i < value->rank; i++) {
        uint64_t n = cn_h5_take_length(c, s);
        if (n > SIZE_MAX)
            return cn_h5_bad_value(value, CN_EFORMAT, "its shape is too large");
        value->shape[i] = (size_t)n;
        empty = empty || !n;
        fits = fits && cn_size_mul(value->count, (size_t)n, &value->count);
    }
    if (!c->ok)
        return cn_h5_bad_value(value, CN_EFORMAT, "the shape is cut short");
    if (empty)
        value->count = 0;
    return fits || empty || cn_h5_bad_value(value, CN_EFORMAT, "its shape is too large");
}

bool cn_h5_read_space(cn_h5_value *value, cn_h5_cursor *c, const cn_h5_source *s)
{
    unsigned version = (unsigned)cn_h5_take(c, 1);
    value->rank = (size_t)cn_h5_take(c, 1);
    cn_h5_take(c, 1); /* are there maximal sizes? */
    unsigned type = (unsigned)cn_h5_take(c, 1);
    if (version == 1)
        cn_h5_take_bytes(c, 4);
    if (!c->ok || (version != 1 && version != 2))
        return cn_h5_bad_value(value, CN_EFORMAT,
                               "expected a data space of version 1 or 2, found %u", version);
    if (value->rank > CN_H5_MAX_RANK)
        return cn_h5_bad_value(value, CN_EFORMAT, "expected at most %d dimensions, found %zu",
                               CN_H5_MAX_RANK, value->rank);
    bool nothing = version == 2 && type == 2; /* h5py's Empty */
    value->count = nothing ? 0 : 1;
    return !value->rank || read_shape(value, c, s);
}
