/* Reductions over any axes. keras.ops.sum, mean, max, min, prod, any, all */
#include "ops/reduction/reduce.h"

#include <stdio.h>

#include "ops/ops.h"

#define KERNEL(id, reduction, mean)                     \
    static bool id##_kernel(const cn_kernel_args *args) \
    {                                                   \
        return cn_reduce_run(args, reduction, mean);    \
    }
KERNEL(prod, CN_REDUCE_PROD, false)
KERNEL(any, CN_REDUCE_ANY, false)
KERNEL(all, CN_REDUCE_ALL, false)

/* Of those that clusters take in. */
#define KERNEL_AND_LOOP(id, reduction, mean)                                              \
    KERNEL(id, reduction, mean)                                                           \
    static void id##_rows(void *out, const void *const *in, size_t n, const void *length) \
    {                                                                                     \
        cn_reduce_rows(out, in[0], n, length, reduction, mean);                           \
    }                                                                                     \
    static cn_loop_kernel id##_loop(const cn_tensor *node)                                \
    {                                                                                     \
        return cn_reduces_rows(node) ? id##_rows : NULL;                                  \
    }
KERNEL_AND_LOOP(sum, CN_REDUCE_SUM, false)
KERNEL_AND_LOOP(mean, CN_REDUCE_SUM, true)
KERNEL_AND_LOOP(max, CN_REDUCE_MAX, false)
KERNEL_AND_LOOP(min, CN_REDUCE_MIN, false)

static size_t reduce_scratch(const cn_tensor *node)
{
    const cn_tensor *x = node->inputs[0];
    return cn_reduce_scratch(x->shape, x->dtype, CN_ATTRS(cn_reduce_attrs, node)->mask);
}

static bool reduce_infer(const cn_tensor *node, cn_results *results)
{
    cn_shape shape = node->inputs[0]->shape;
    uint32_t mask = CN_ATTRS(cn_reduce_attrs, node)->mask;
    for (int i = shape.rank; i--;)
        if (mask >> i & 1)
            shape = cn_shape_remove(shape, i);
    results->shape[0] = shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

extern const cn_op cn_op_sum, cn_op_prod;

/* y (without the reduced axes) shaped to broadcast against x. */
static cn_tensor *with_axes(cn_tensor *y, const cn_tensor *x, uint32_t mask)
{
    for (int i = 0; i < x->shape.rank && y; i++)
        if (mask >> i & 1)
            y = cn_expand_dims(y, i);
    return y;
}

/* A gradient: dx in terms of x, y and dy, both with the reduced axes. */
#define VJP(id, expression)                                                                     \
    static bool id##_vjp(const cn_tensor *node, cn_tensor *const *dys, cn_tensor **dx)          \
    {                                                                                           \
        cn_tensor *x = node->inputs[0];                                                         \
        uint32_t mask = CN_ATTRS(cn_reduce_attrs, node)->mask;                                  \
        cn_tensor *dy = with_axes(dys[0], x, mask), *y = with_axes((cn_tensor *)node, x, mask); \
        if (!dy || !y)                                                                          \
            return false;                                                                       \
        dx[0] = (expression);                                                                   \
        return dx[0] != NULL;                                                                   \
    }

/* Ties share the gradient evenly. */
static cn_tensor *extreme_gradient(cn_tensor *x, cn_tensor *y, cn_tensor *dy, uint32_t mask)
{
    cn_tensor *hit = cn_cast(cn_equal(x, y), dy->dtype);
    cn_tensor *count = cn_apply1(&cn_op_sum, hit, &(cn_reduce_attrs){mask});
    return cn_mul(hit, cn_div(dy, with_axes(count, x, mask)));
}

/* The product of all others: y / x, or, where x is the only zero, the product of what is not zero.
 */
static cn_tensor *product_gradient(cn_tensor *x, cn_tensor *y, cn_tensor *dy, uint32_t mask)
{
    cn_tensor *zero = cn_equal(x, 0), *rest = cn_select(zero, 1, x);
    cn_tensor *zeros = cn_apply1(&cn_op_sum, cn_cast(zero, dy->dtype), &(cn_reduce_attrs){mask});
    cn_tensor *others = cn_apply1(&cn_op_prod, rest, &(cn_reduce_attrs){mask});
    cn_tensor *only = cn_equal(with_axes(zeros, x, mask), 1);
    cn_tensor *at_zero = cn_select(only, with_axes(others, x, mask), 0);
    return cn_mul(dy, cn_select(zero, at_zero, cn_div(y, rest)));
}

/* How many numbers each result is made of; counted when it runs where the shape does not say. */
static cn_tensor *count_of(cn_tensor *x, uint32_t mask, cn_dtype dtype)
{
    double count = 1;
    for (int i = 0; i < x->shape.rank; i++) {
        if (mask >> i & 1 && x->shape.dim[i] < 0)
            return with_axes(
                cn_apply1(&cn_op_sum, cn_cast(cn_ones_like(x), dtype), &(cn_reduce_attrs){mask}), x,
                mask);
        if (mask >> i & 1)
            count *= (double)x->shape.dim[i];
    }
    return cn_number_float(count);
}

VJP(sum, cn_broadcast_like(dy, x))
VJP(mean, cn_broadcast_like(cn_div(dy, count_of(x, mask, dy->dtype)), x))
VJP(max, extreme_gradient(x, y, dy, mask))
VJP(min, extreme_gradient(x, y, dy, mask))
VJP(prod, product_gradient(x, y, dy, mask))

#define REDUCE_OP(id, traits_, vjp_, loop_)                     \
    const cn_op cn_op_##id = {.name = #id,                      \
                              .traits = traits_,                \
                              .attrs = sizeof(cn_reduce_attrs), \
                              .infer = reduce_infer,            \
                              .vjp = vjp_,                      \
                              .run = id##_kernel,               \
                              .loop = loop_,                    \
                              .extras = &(const cn_op_extras){.scratch = reduce_scratch}};
REDUCE_OP(sum, 0, sum_vjp, sum_loop)
REDUCE_OP(mean, 0, mean_vjp, mean_loop)
REDUCE_OP(prod, 0, prod_vjp, NULL)
REDUCE_OP(max, 0, max_vjp, max_loop)
REDUCE_OP(min, 0, min_vjp, min_loop)
REDUCE_OP(any, CN_NO_GRADIENT, NULL, NULL)
REDUCE_OP(all, CN_NO_GRADIENT, NULL, NULL)

/* ---- the public doors ---- */

static cn_tensor *apply(const cn_op *op, const cn_reduce_options *o, cn_tensor *x)
{
    unsigned mask;
    char who[32];
    snprintf(who, sizeof who, "cn_%s", op->name);
    if (!x || !cn_axes_mask(o->axis, x->shape.rank, &mask, who))
        return NULL;
    if (!mask)
        return cn_unchanged(x);
    cn_tensor *y = cn_apply1(op, x, &(cn_reduce_attrs){mask});
    return o->keepdims ? with_axes(y, x, mask) : y;
}

/* In a dtype that has loops, and back. */
static cn_tensor *numeric(const cn_op *op, const cn_reduce_options *o, bool to_float)
{
    if (!o->x)
        return NULL;
    cn_dtype dtype = o->x->dtype, compute = CN_INT32;
    if (to_float && !cn_dtype_is_float(dtype))
        dtype = CN_FLOAT32;
    if (dtype == CN_BOOL)
        dtype = CN_INT32;
    if (cn_dtype_is_float(dtype))
        compute = dtype == CN_FLOAT64 ? CN_FLOAT64 : CN_FLOAT32;
    else if (dtype == CN_INT64 || dtype == CN_UINT32 || dtype == CN_UINT64)
        compute = CN_INT64;
    return cn_cast(apply(op, o, cn_cast(o->x, compute)), dtype);
}

cn_tensor *cn_sum_with(const cn_reduce_options *o)
{
    return numeric(&cn_op_sum, o, false);
}

cn_tensor *cn_mean_with(const cn_reduce_options *o)
{
    return numeric(&cn_op_mean, o, true);
}

cn_tensor *cn_prod_with(const cn_reduce_options *o)
{
    return numeric(&cn_op_prod, o, false);
}

cn_tensor *cn_max_with(const cn_reduce_options *o)
{
    return numeric(&cn_op_max, o, false);
}

cn_tensor *cn_min_with(const cn_reduce_options *o)
{
    return numeric(&cn_op_min, o, false);
}

cn_tensor *cn_any_with(const cn_reduce_options *o)
{
    return apply(&cn_op_any, o, cn_cast(o->x, CN_BOOL));
}

cn_tensor *cn_all_with(const cn_reduce_options *o)
{
    return apply(&cn_op_all, o, cn_cast(o->x, CN_BOOL));
}
