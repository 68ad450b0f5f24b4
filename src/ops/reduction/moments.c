/* Variance, deviation and log(sum(exp)), composed. keras.ops.var, std, logsumexp */
#include "ops/products.h"

cn_tensor *cn_var_with(const cn_reduce_options *o)
{
    if (!o->x)
        return NULL;
    cn_dtype dtype = cn_result_float(o->x->dtype);
    cn_tensor *x = cn_cast(o->x, cn_compute_float(o->x->dtype));
    cn_tensor *rest = cn_sub(x, cn_mean(x, o->axis, true));
    return cn_cast(cn_mean(cn_square(rest), o->axis, o->keepdims), dtype);
}

cn_tensor *cn_std_with(const cn_reduce_options *o)
{
    return cn_sqrt(cn_var_with(o));
}

cn_tensor *cn_logsumexp_with(const cn_reduce_options *o)
{
    if (!o->x)
        return NULL;
    cn_dtype dtype = cn_result_float(o->x->dtype);
    cn_tensor *x = cn_cast(o->x, cn_compute_float(o->x->dtype));
    cn_tensor *top = cn_stop_gradient(cn_max(x, o->axis, true));
    cn_tensor *safe = cn_select(cn_isfinite(top), top, 0); /* inf - inf would be NaN */
    cn_tensor *sum = cn_log(cn_sum(cn_exp(cn_sub(x, safe)), o->axis, o->keepdims));
    return cn_cast(sum ? cn_add(sum, cn_reshape_like(safe, sum)) : NULL, dtype);
}
