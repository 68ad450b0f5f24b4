/* Tensors made from data. keras.ops.array, full, zeros, ones */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/tensor.h"
#include "ops/ops.h"

static cn_buffer *buffer_for(cn_shape shape, cn_dtype dtype, const char *who)
{
    int64_t size = cn_shape_size(shape);
    size_t bytes;
    if (dtype == CN_NO_DTYPE)
        return cn_fail_null(CN_EINVAL, "%s: expected a dtype, found none", who);
    if (size < 0 || !cn_size_mul((size_t)size, cn_dtype_size(dtype), &bytes))
        return cn_fail_null(CN_EINVAL, "%s: expected a shape without unknown dimensions, found %s",
                            who, cn_shape_text(shape));
    return cn_buffer_new(bytes);
}

cn_tensor *cn_array(const void *data, cn_dtype dtype, cn_shape shape)
{
    cn_buffer *buffer = buffer_for(shape, dtype, "cn_array");
    if (!buffer)
        return NULL;
    if (!data && buffer->size)
        return cn_fail_null(CN_EINVAL, "cn_array: data is NULL");
    if (buffer->size)
        memcpy(buffer->data, data, buffer->size);
    return cn_constant(buffer, shape, dtype);
}

cn_tensor *cn_values_make(cn_shape shape, const double *values, size_t count)
{
    if (cn_shape_size(shape) != (int64_t)count)
        return cn_fail_null(CN_EINVAL, "cn_values: shape %s does not hold %zu values",
                            cn_shape_text(shape), count);
    cn_buffer *buffer = buffer_for(shape, CN_FLOAT32, "cn_values");
    for (size_t i = 0; buffer && i < count; i++)
        ((float *)buffer->data)[i] = (float)values[i];
    return cn_constant(buffer, shape, CN_FLOAT32);
}

static cn_tensor *number(double value, int64_t integer, cn_dtype dtype)
{
    cn_buffer *buffer = cn_buffer_new(cn_dtype_size(dtype));
    if (!buffer)
        return NULL;
    if (dtype == CN_FLOAT64)
        memcpy(buffer->data, &value, sizeof value);
    else
        memcpy(buffer->data, &integer, sizeof integer);
    return cn_constant(buffer, CN_SCALAR, dtype);
}

/* Weak numbers keep all their bits until they meet a dtype. */
cn_tensor *cn_number_float(double value)
{
    cn_tensor *tensor = number(value, 0, CN_FLOAT64);
    if (tensor)
        tensor->weak = true;
    return tensor;
}

cn_tensor *cn_number_int(long long value)
{
    cn_tensor *tensor = number(0, value, CN_INT64);
    if (tensor)
        tensor->weak = true;
    return tensor;
}

cn_tensor *cn_full(cn_shape shape, double value, cn_dtype dtype)
{
    cn_tensor *tensor = cn_cast(cn_number_float(value), dtype ? dtype : CN_FLOAT32);
    return shape.rank ? cn_broadcast_to(tensor, shape) : tensor;
}

cn_tensor *cn_zeros(cn_shape shape, cn_dtype dtype)
{
    return cn_full(shape, 0, dtype);
}

cn_tensor *cn_ones(cn_shape shape, cn_dtype dtype)
{
    return cn_full(shape, 1, dtype);
}
