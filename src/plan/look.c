/* Looking at values: computed where need be. */
#include <math.h>

#include "backend/cpu/loops/loops.h"
#include "graph/shape.h"
#include "graph/trace.h"

const void *cn_data(cn_tensor *tensor)
{
    if (tensor && tensor->variable && !cn_tracing() && !cn_trace_assigned(cn_trace_eager(), tensor))
        return tensor->variable->buffer->data;
    cn_tensor *now = cn_trace_read(tensor);
    if (!now)
        return NULL;
    if (now->variable) /* inside a trace: what it was before */
        return now->variable->buffer->data;
    if (!now->value && !cn_compute(cn_list_of(now)))
        return NULL;
    return now->value->data;
}

const float *cn_floats(cn_tensor *tensor)
{
    if (tensor && tensor->dtype != CN_FLOAT32)
        return cn_fail_null(CN_EINVAL, "cn_floats: expected float32, found %s",
                            cn_dtype_name(tensor->dtype));
    return cn_data(tensor);
}

double cn_item(cn_tensor *tensor)
{
    if (!tensor)
        return NAN;
    if (cn_shape_known(tensor->shape) && cn_shape_size(tensor->shape) != 1) {
        cn_fail(CN_EINVAL, "cn_item: expected a tensor of one element, found shape %s",
                cn_shape_text(tensor->shape));
        return NAN;
    }
    const void *data = cn_data(tensor);
    if (!data)
        return NAN;
    double value;
    int32_t attrs[2] = {tensor->dtype, CN_FLOAT64};
    cn_loop_cast(tensor->dtype, CN_FLOAT64)(&value, &data, 1, attrs);
    return value;
}
