/* exp(x) / sum(exp(x)) along an axis, and its logarithm. keras.ops.softmax, log_softmax */
#include "ops/ops.h"

/* x less its largest along the axis, which changes no share and keeps exp in range. */
static cn_tensor *shifted(cn_tensor *x, int64_t axis)
{
    return cn_sub(x, cn_stop_gradient(cn_max(x, .axis = {{axis}}, .keepdims = true)));
}

cn_tensor *cn_softmax(cn_tensor *x, int64_t axis)
{
    cn_tensor *e = cn_exp(shifted(x, axis));
    return cn_div(e, cn_sum(e, .axis = {{axis}}, .keepdims = true));
}

cn_tensor *cn_log_softmax(cn_tensor *x, int64_t axis)
{
    cn_tensor *z = shifted(x, axis);
    return cn_sub(z, cn_log(cn_sum(cn_exp(z), .axis = {{axis}}, .keepdims = true)));
}
