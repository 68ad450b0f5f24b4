/* Names, sizes and promotion of element types. keras.backend.result_type */
#include <string.h>

#include "base/error.h"
#include "graph/shape.h"
#include "graph/tensor.h"

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
    [CN_NO_DTYPE] = {"none", 0},   [CN_BOOL] = {"bool", 1},       [CN_INT8] = {"int8", 1},
    [CN_INT16] = {"int16", 2},     [CN_INT32] = {"int32", 4},     [CN_INT64] = {"int64", 8},
    [CN_UINT8] = {"uint8", 1},     [CN_UINT16] = {"uint16", 2},   [CN_UINT32] = {"uint32", 4},
    [CN_UINT64] = {"uint64", 8},   [CN_FLOAT16] = {"float16", 2}, [CN_BFLOAT16] = {"bfloat16", 2},
    [CN_FLOAT32] = {"float32", 4}, [CN_FLOAT64] = {"float64", 8},
};

enum { COUNT = sizeof dtypes / sizeof *dtypes };

const char *cn_dtype_name(cn_dtype dtype)
{
    return (int)dtype < COUNT ? dtypes[dtype].name : "unknown";
}

size_t cn_dtype_size(cn_dtype dtype)
{
    return (int)dtype < COUNT ? dtypes[dtype].size : 0;
}

cn_dtype cn_dtype_of_name(const char *name)
{
    const char *names[COUNT] = {0};
    if (!name)
        return CN_NO_DTYPE;
    for (int i = 1; i < COUNT; i++)
        if (!strcmp(name, dtypes[i].name))
            return (cn_dtype)i;
    for (int i = 1; i < COUNT; i++)
        names[i - 1] = dtypes[i].name;
    cn_fail(CN_EINVAL, "dtype: unknown name '%s'%s", name, cn_did_you_mean(name, names));
    return CN_NO_DTYPE;
}

bool cn_dtype_is_float(cn_dtype dtype)
{
    return dtype >= CN_FLOAT16;
}

bool cn_dtype_is_int(cn_dtype dtype)
{
    return dtype >= CN_INT8 && dtype <= CN_UINT64;
}

static bool is_unsigned(cn_dtype dtype)
{
    return dtype >= CN_UINT8 && dtype <= CN_UINT64;
}

static cn_dtype promote_ints(cn_dtype a, cn_dtype b)
{
    if (is_unsigned(a) == is_unsigned(b))
        return cn_dtype_size(a) >= cn_dtype_size(b) ? a : b;
    cn_dtype s = is_unsigned(a) ? b : a, u = is_unsigned(a) ? a : b;
    if (cn_dtype_size(s) > cn_dtype_size(u))
        return s;
    if (u == CN_UINT64)
        return CN_FLOAT32;
    return u == CN_UINT8 ? CN_INT16 : u == CN_UINT16 ? CN_INT32 : CN_INT64;
}

static cn_dtype promote(cn_dtype a, cn_dtype b)
{
    if (a == b || b == CN_BOOL)
        return a;
    if (a == CN_BOOL)
        return b;
    if (cn_dtype_is_float(a) != cn_dtype_is_float(b))
        return cn_dtype_is_float(a) ? a : b;
    if (!cn_dtype_is_float(a))
        return promote_ints(a, b);
    if (cn_dtype_size(a) == 2 && cn_dtype_size(b) == 2)
        return CN_FLOAT32; /* float16 with bfloat16 */
    return a > b ? a : b;
}

cn_dtype cn_promote(const cn_tensor *a, const cn_tensor *b)
{
    if (a->weak == b->weak)
        return promote(a->dtype, b->dtype);
    const cn_tensor *weak = a->weak ? a : b, *firm = a->weak ? b : a;
    if (cn_dtype_is_float(weak->dtype) && !cn_dtype_is_float(firm->dtype))
        return CN_FLOAT32;
    if (firm->dtype == CN_BOOL)
        return weak->dtype;
    return firm->dtype;
}
