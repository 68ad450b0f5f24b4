/* Keras's operations that reduce axes, and what is made of means. keras.ops.numpy, math, nn */
#include <math.h>
#include <string.h>

#include "saving/operations/operation_rows.h"

/* A reduction over the axes that the operation names; an empty list reduces nothing. */
typedef cn_tensor *(*reducer)(const cn_reduce_options *options);

static cn_tensor *reduce_mask(reducer reduce, cn_tensor *x, unsigned mask, bool keepdims)
{
    if (!x || !mask)
        return x;
    return reduce(
        &(cn_reduce_options){.x = x, .axis = cn_axes_of_mask(mask), .keepdims = keepdims});
}

static cn_tensor *reduce_as(cn_operation *op, reducer reduce, cn_tensor *x, const char *axes,
                            bool keepdims)
{
    unsigned mask;
    if (!x || !cn_op_axes_mask(op, axes, x->shape.rank, &mask))
        return NULL;
    return reduce_mask(reduce, x, mask, keepdims);
}

static cn_tensor *over(cn_operation *op, reducer reduce, cn_tensor *x)
{
    return reduce_as(op, reduce, x, "axis", cn_op_bool(op, "keepdims", false));
}

static cn_tensor *numbers(cn_tensor *x)
{
    return x && x->dtype == CN_BOOL ? cn_cast(x, CN_INT32) : x;
}

static cn_tensor *floats(cn_tensor *x)
{
    return x && !cn_dtype_is_float(x->dtype) ? cn_cast(x, CN_FLOAT32) : x;
}

#define REDUCE(id, door, x_)               \
    static cn_tensor *id(cn_operation *op) \
    {                                      \
        return over(op, door, x_);         \
    }
REDUCE(sum, cn_sum_with, numbers(X))
REDUCE(mean, cn_mean_with, floats(X))
REDUCE(var, cn_var_with, floats(X))
REDUCE(std, cn_std_with, floats(X))
REDUCE(logsumexp, cn_logsumexp_with, floats(X))
REDUCE(amax, cn_max_with, X)
REDUCE(amin, cn_min_with, X)
REDUCE(any, cn_any_with, cn_cast(X, CN_BOOL))
REDUCE(all, cn_all_with, cn_cast(X, CN_BOOL))
REDUCE(count_nonzero, cn_sum_with, cn_cast(cn_not_equal(X, 0), CN_INT32))

static cn_tensor *prod(cn_operation *op)
{
    cn_dtype dtype;
    cn_tensor *x = numbers(X);
    return x && cn_op_dtype(op, x->dtype, &dtype) ? over(op, cn_prod_with, cn_cast(x, dtype))
                                                  : NULL;
}

static cn_tensor *with_initial(cn_operation *op, cn_tensor *y,
                               cn_tensor *(*meet)(cn_tensor *, cn_tensor *))
{
    cn_tensor *initial = cn_op_tensor_or(op, -1, "initial", NULL);
    return initial ? meet(y, initial) : y;
}

static cn_tensor *max(cn_operation *op)
{
    return with_initial(op, amax(op), cn_maximum_);
}

static cn_tensor *min(cn_operation *op)
{
    return with_initial(op, amin(op), cn_minimum_);
}

static cn_tensor *ptp(cn_operation *op)
{
    cn_tensor *x = X;
    return cn_sub(over(op, cn_max_with, x), over(op, cn_min_with, x));
}

/* Vector norms; of several axes the Frobenius norm alone. */
static cn_tensor *norm_of(cn_operation *op, const char *order_name)
{
    unsigned mask;
    cn_tensor *x = floats(X), *a = cn_abs(x);
    const cn_json *order = cn_op_value(op, -1, order_name);
    const char *text = cn_json_as_string(order, "");
    double p = !strcmp(text, "inf")    ? (double)INFINITY
               : !strcmp(text, "-inf") ? -(double)INFINITY
                                       : cn_json_as_double(order, 2);
    if (!x || !cn_op_axes_mask(op, "axis", x->shape.rank, &mask))
        return NULL;
    bool many = (mask & (mask - 1)) != 0;
    if ((many && order && strcmp(text, "fro")) || !strcmp(text, "nuc"))
        return cn_op_refuse(op, "a norm of matrices");
    if (p == 2)
        return cn_sqrt(over(op, cn_sum_with, cn_square(x)));
    if (p == 1)
        return over(op, cn_sum_with, a);
    if (isinf(p))
        return over(op, p > 0 ? cn_max_with : cn_min_with, a);
    if (p == 0)
        return over(op, cn_sum_with, cn_cast(cn_not_equal(x, 0), x->dtype));
    return cn_pow(over(op, cn_sum_with, cn_pow(a, p)), 1 / p);
}

static cn_tensor *norm(cn_operation *op)
{
    return norm_of(op, "ord");
}

static cn_tensor *normalize(cn_operation *op)
{
    double order = cn_op_double(op, "order", 2),
           epsilon = cn_op_double(op, "epsilon", cn_epsilon());
    cn_tensor *x = floats(X);
    if (order == 2) {
        cn_tensor *sum = reduce_as(op, cn_sum_with, cn_square(x), "axis", true);
        return cn_mul(x, cn_minimum(cn_rsqrt(sum), 1 / epsilon));
    }
    if (order != 1)
        return cn_op_refuse(op, "an order other than 1 and 2");
    cn_tensor *sum = reduce_as(op, cn_sum_with, cn_abs(x), "axis", true);
    return cn_div(x, cn_maximum(sum, epsilon));
}

static cn_tensor *average(cn_operation *op)
{
    unsigned mask;
    cn_tensor *x = floats(X), *weights = cn_op_tensor_or(op, 1, "weights", NULL);
    if (!weights)
        return over(op, cn_mean_with, x);
    if (!x || !cn_op_axes_mask(op, "axis", x->shape.rank, &mask))
        return NULL;
    int axis = 0;
    while (axis + 1 < x->shape.rank && !(mask >> axis & 1))
        axis++;
    for (int i = axis + 1; weights->shape.rank == 1 && i < x->shape.rank; i++)
        weights = cn_op_split(weights, weights->shape.rank - 1, 1);
    cn_tensor *whole = cn_broadcast_like(cn_cast(weights, x->dtype), x);
    return cn_div(over(op, cn_sum_with, cn_mul(x, whole)), over(op, cn_sum_with, whole));
}

/* Mean and variance. */
static cn_tensor *moments(cn_operation *op)
{
    bool keepdims = cn_op_bool(op, "keepdims", false);
    cn_tensor *x = floats(X);
    cn_tensor *mean = reduce_as(op, cn_mean_with, x, "axes", keepdims);
    cn_tensor *variance = reduce_as(op, cn_var_with, x, "axes", keepdims);
    op->results = cn_list_of(mean, variance);
    return mean;
}

/* Vectors stand along one axis of x. */
static cn_tensor *along(cn_tensor *v, cn_tensor *x, int axis)
{
    for (int i = axis + 1; x && v && v->shape.rank < x->shape.rank - axis; i++)
        v = cn_expand_dims(v, -1);
    return v;
}

static cn_tensor *batch_norm(cn_operation *op)
{
    int axis;
    cn_tensor *x = X, *mean = cn_op_tensor(op, 1, "mean"),
              *variance = cn_op_tensor(op, 2, "variance");
    if (!x || !cn_axis(cn_op_int(op, "axis", -1), x->shape.rank, &axis, op->name))
        return NULL;
    cn_tensor *inv = cn_rsqrt(cn_add(along(variance, x, axis), cn_op_double(op, "epsilon", 1e-3)));
    cn_tensor *scale = cn_op_tensor_or(op, 4, "scale", NULL);
    cn_tensor *offset = cn_op_tensor_or(op, 3, "offset", NULL);
    if (scale)
        inv = cn_mul(inv, along(scale, x, axis));
    cn_tensor *y = cn_mul(cn_sub(x, along(mean, x, axis)), inv);
    return offset ? cn_add(y, along(offset, x, axis)) : y;
}

static cn_tensor *scaled(cn_operation *op, cn_tensor *y, cn_tensor *scale, cn_tensor *offset)
{
    unsigned mask;
    if (!y || !cn_op_axes_mask(op, "axis", y->shape.rank, &mask))
        return NULL;
    int first = 0;
    while (first + 1 < y->shape.rank && !(mask >> first & 1))
        first++;
    if (mask & (mask + (1u << first)) & ((1u << y->shape.rank) - 1))
        return scale || offset ? cn_op_refuse(op, "axes that are not neighbours") : y;
    if (scale && scale->shape.rank < y->shape.rank)
        scale = along(scale, y, first);
    if (offset && offset->shape.rank < y->shape.rank)
        offset = along(offset, y, first);
    y = scale ? cn_mul(y, cn_cast(scale, y->dtype)) : y;
    return offset ? cn_add(y, cn_cast(offset, y->dtype)) : y;
}

static cn_tensor *wide(cn_tensor *x)
{
    return x ? cn_cast(x, x->dtype == CN_FLOAT64 ? CN_FLOAT64 : CN_FLOAT32) : NULL;
}

static cn_tensor *layer_norm(cn_operation *op)
{
    cn_tensor *x = X, *w = wide(x);
    cn_tensor *gamma = cn_op_tensor_or(op, 1, "gamma", NULL),
              *beta = cn_op_tensor_or(op, 2, "beta", NULL);
    bool rms = cn_op_bool(op, "rms_scaling", false);
    cn_tensor *mean = reduce_as(op, cn_mean_with, w, "axis", true);
    cn_tensor *centred = cn_sub(w, mean);
    cn_tensor *variance = reduce_as(op, cn_mean_with, cn_square(centred), "axis", true);
    cn_tensor *inv = cn_rsqrt(cn_add(variance, cn_op_double(op, "epsilon", cn_epsilon())));
    cn_tensor *y = scaled(op, cn_mul(rms ? w : centred, inv), gamma, rms ? NULL : beta);
    return x ? cn_cast(y, x->dtype) : NULL;
}

static cn_tensor *rms_norm(cn_operation *op)
{
    cn_tensor *x = X, *w = wide(x), *scale = cn_op_tensor_or(op, 1, "scale", NULL);
    cn_tensor *mean = reduce_as(op, cn_mean_with, cn_square(w), "axis", true);
    cn_tensor *inv = cn_rsqrt(cn_add(mean, cn_op_double(op, "epsilon", cn_epsilon())));
    return x ? cn_cast(scaled(op, cn_mul(w, inv), scale, NULL), x->dtype) : NULL;
}

/* x (variables, observations); the covariances over the deviations. */
static cn_tensor *corrcoef(cn_operation *op)
{
    cn_tensor *x = floats(X);
    if (x && x->shape.rank > 2)
        return cn_op_refuse(op, "more than two axes");
    cn_tensor *centred = cn_sub(x, cn_mean(x, {-1}, true));
    if (centred && centred->shape.rank == 1)
        return cn_div(cn_sum(cn_square(centred)), cn_sum(cn_square(centred)));
    cn_tensor *c = cn_matmul_t(centred, centred, false, true);
    cn_tensor *deviation = cn_sqrt(cn_sum(cn_square(centred), {1}, true));
    return cn_clip(cn_div(c, cn_mul(deviation, cn_transpose(deviation))), -1.0, 1.0);
}

const cn_operation_row cn_operations_reduce[] = {C("Sum", sum),
                                                 C("Mean", mean),
                                                 C("Var", var),
                                                 C("Std", std),
                                                 C("Prod", prod),
                                                 C("Max", max),
                                                 C("Min", min),
                                                 C("Amax", amax),
                                                 C("Amin", amin),
                                                 C("Any", any),
                                                 C("All", all),
                                                 C("Ptp", ptp),
                                                 C("CountNonzero", count_nonzero),
                                                 C("Logsumexp", logsumexp),
                                                 C("Norm", norm),
                                                 C("Normalize", normalize),
                                                 C("Average", average),
                                                 C("Moments", moments),
                                                 C("BatchNorm", batch_norm),
                                                 C("LayerNorm", layer_norm),
                                                 C("RMSNorm", rms_norm),
                                                 C("Corrcoef", corrcoef),
                                                 {0}};
