/* Data types and data spaces as messages hold them. */
#include "saving/hdf5/write.h"

static void put_head(cn_h5_bytes *b, unsigned class, unsigned bits, size_t width)
{
    cn_h5_put(b, 0x10 | class, 1); /* version 1 */
    cn_h5_put(b, bits, 3);
    cn_h5_put(b, width, 4);
}

static bool is_big(const cn_h5_value *value)
{
    return value->width > 1 && value->swapped != cn_h5_host_is_big();
}

static void put_integer(cn_h5_bytes *b, bool is_signed, bool big, size_t width)
{
    put_head(b, 0, (is_signed ? 8u : 0u) | big, width);
    cn_h5_put(b, 0, 2); /* bit offset */
    cn_h5_put(b, 8 * width, 2);
}

/* IEEE: sign, exponent, mantissa from the top, the mantissa's first bit implied. */
static void put_real(cn_h5_bytes *b, bool big, size_t width)
{
    unsigned bits = 8 * (unsigned)width, exponent = width == 2 ? 5 : width == 4 ? 8 : 11;
    unsigned mantissa = bits - 1 - exponent;
    put_head(b, 1, 0x20u | big | (bits - 1) << 8, width);
    cn_h5_put(b, 0, 2);
    cn_h5_put(b, bits, 2);
    cn_h5_put(b, mantissa, 1);
    cn_h5_put(b, exponent, 1);
    cn_h5_put(b, 0, 1);
    cn_h5_put(b, mantissa, 1);
    cn_h5_put(b, (1u << (exponent - 1)) - 1, 4); /* bias */
}

/* h5py's bool is an enumeration over int8. */
static void put_bool(cn_h5_bytes *b)
{
    put_head(b, 8, 2, 1);
    put_integer(b, true, false, 1);
    cn_h5_put_bytes(b, "FALSE\0\0\0TRUE\0\0\0\0\0\1", 18);
}

/* As Keras's, which encodes lists itself, a list is not marked as UTF-8. */
static void put_text(cn_h5_bytes *b, bool list)
{
    put_head(b, 9, list ? 1 : 0x0101, 16); /* strings, ended by NUL, UTF-8 */
    put_integer(b, false, false, 1);
}

void cn_h5_write_type(cn_h5_bytes *b, const cn_h5_value *value)
{
    switch (value->kind) {
    case CN_H5_BOOL:
        put_bool(b);
        break;
    case CN_H5_INT8:
    case CN_H5_INT16:
    case CN_H5_INT32:
    case CN_H5_INT64:
        put_integer(b, true, is_big(value), value->width);
        break;
    case CN_H5_UINT8:
    case CN_H5_UINT16:
    case CN_H5_UINT32:
    case CN_H5_UINT64:
        put_integer(b, false, is_big(value), value->width);
        break;
    case CN_H5_FLOAT16:
    case CN_H5_FLOAT32:
    case CN_H5_FLOAT64:
        put_real(b, is_big(value), value->width);
        break;
    case CN_H5_STRING:
        put_head(b, 3, value->padding, value->width);
        break;
    case CN_H5_TEXT:
        put_text(b, value->rank > 0);
        break;
    default: /* bfloat16 too: Keras says so in an attribute */
        put_head(b, 5, 0, value->width);
    }
}

void cn_h5_write_space(cn_h5_bytes *b, const cn_h5_value *value)
{
    bool nothing = !value->rank && !value->count;
    cn_h5_put(b, 2, 1); /* version */
    cn_h5_put(b, value->rank, 1);
    cn_h5_put(b, 0, 1); /* no maximal sizes */
    cn_h5_put(b, nothing ? 2 : value->rank ? 1 : 0, 1);
    for (size_t i = 0; i < value->rank; i++)
        cn_h5_put(b, value->shape[i], 8);
}
