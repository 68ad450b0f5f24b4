/* Numbers of a value, in this machine's order. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/tree.h"

static const struct {
    const char *name;
    size_t size;
} kinds[] = {
    [CN_H5_UNREADABLE] = {"something unreadable", 0},
    [CN_H5_BOOL] = {"bool", 1},
    [CN_H5_INT8] = {"int8", 1},
    [CN_H5_INT16] = {"int16", 2},
    [CN_H5_INT32] = {"int32", 4},
    [CN_H5_INT64] = {"int64", 8},
    [CN_H5_UINT8] = {"uint8", 1},
    [CN_H5_UINT16] = {"uint16", 2},
    [CN_H5_UINT32] = {"uint32", 4},
    [CN_H5_UINT64] = {"uint64", 8},
    [CN_H5_FLOAT16] = {"float16", 2},
    [CN_H5_BFLOAT16] = {"bfloat16", 2},
    [CN_H5_FLOAT32] = {"float32", 4},
    [CN_H5_FLOAT64] = {"float64", 8},
    [CN_H5_STRING] = {"strings", 0},
    [CN_H5_TEXT] = {"text", 0},
    [CN_H5_OPAQUE] = {"opaque bytes", 0},
};

size_t cn_h5_kind_size(cn_h5_kind kind)
{
    return kinds[kind].size;
}

const char *cn_h5_kind_name(cn_h5_kind kind)
{
    return kinds[kind].name;
}

bool cn_h5_is_native(const cn_h5_value *value)
{
    return value && cn_h5_kind_size(value->kind) && !value->swapped && value->kind != CN_H5_BOOL;
}

bool cn_h5_readable(const cn_h5_value *value)
{
    if (!value)
        return false;
    if (value->node->is_group && !value->attribute)
        return cn_h5_bad_value(value, CN_EFORMAT, "expected a data set, found a group");
    if (value->kind == CN_H5_UNREADABLE)
        return cn_h5_bad_value(value, CN_EUNSUPPORTED, "%s",
                               value->refusal ? value->refusal : "no value");
    return true;
}

static void copy_elements(const cn_h5_value *value, size_t count, unsigned char *out)
{
    size_t width = value->width;
    if (value->kind == CN_H5_BOOL) {
        for (size_t i = 0; i < count; i++)
            out[i] = value->data[i] != 0;
    } else if (!value->swapped) {
        memcpy(out, value->data, count * width);
    } else {
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < width; k++)
                out[i * width + k] = value->data[i * width + width - 1 - k];
    }
}

bool cn_h5_copy(const cn_h5_value *value, void *out)
{
    if (!cn_h5_readable(value))
        return false;
    if (!cn_h5_kind_size(value->kind))
        return cn_h5_bad_value(value, CN_EFORMAT, "expected numbers, found %s",
                               cn_h5_kind_name(value->kind));
    if (value->count)
        copy_elements(value, value->count, out);
    return true;
}

typedef union number {
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
} number;

static bool first(const cn_h5_value *value, number *out)
{
    if (!cn_h5_readable(value))
        return false;
    if (!value->count || !cn_h5_kind_size(value->kind))
        return cn_h5_bad_value(value, CN_EFORMAT, "expected a number, found %s%s",
                               value->count ? "" : "no ", cn_h5_kind_name(value->kind));
    copy_elements(value, 1, (unsigned char *)out);
    return true;
}

bool cn_h5_int(const cn_h5_value *value, int64_t *out)
{
    number n;
    if (!first(value, &n))
        return false;
    switch (value->kind) {
    case CN_H5_BOOL:
    case CN_H5_UINT8:
        return *out = n.u8, true;
    case CN_H5_INT8:
        return *out = n.i8, true;
    case CN_H5_INT16:
        return *out = n.i16, true;
    case CN_H5_INT32:
        return *out = n.i32, true;
    case CN_H5_INT64:
        return *out = n.i64, true;
    case CN_H5_UINT16:
        return *out = n.u16, true;
    case CN_H5_UINT32:
        return *out = n.u32, true;
    case CN_H5_UINT64:
        if (n.u64 > INT64_MAX)
            return cn_h5_bad_value(value, CN_EFORMAT, "expected an integer below 2^63");
        return *out = (int64_t)n.u64, true;
    default:
        return cn_h5_bad_value(value, CN_EFORMAT, "expected an integer, found %s",
                               cn_h5_kind_name(value->kind));
    }
}

bool cn_h5_double(const cn_h5_value *value, double *out)
{
    number n;
    int64_t whole;
    if (!first(value, &n))
        return false;
    if (value->kind == CN_H5_FLOAT32)
        return *out = n.f32, true;
    if (value->kind == CN_H5_FLOAT64)
        return *out = n.f64, true;
    if (!cn_h5_int(value, &whole))
        return false;
    *out = (double)whole;
    return true;
}
