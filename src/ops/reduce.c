/* Reductions over any axes. keras.ops.sum, mean, max, min, prod, any, all */
#include "ops/ops.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/threads.h"

typedef struct reduce_attrs {
    uint32_t mask; /* bit i: axis i is reduced */
} reduce_attrs;

/* x seen as (outer, middle, inner) dimensions, of which the kept ones are walked for the results
 * and the reduced ones for what each is made of. Neighbouring axes of one kind are joined, so most
 * reductions have one of each. */
typedef struct reduction {
    int n_kept, n_reduced;
    int64_t kept[CN_MAX_RANK], kept_stride[CN_MAX_RANK];
    int64_t reduced[CN_MAX_RANK], reduced_stride[CN_MAX_RANK];
    int64_t results, each;
} reduction;

static void join(int *n, int64_t *dims, int64_t *strides, int64_t dim, int64_t stride)
{
    if (dim == 1)
        return;
    if (*n && strides[*n - 1] == stride * dim) {
        dims[*n - 1] *= dim;
        strides[*n - 1] = stride;
        return;
    }
    dims[*n] = dim;
    strides[(*n)++] = stride;
}

static reduction describe(const cn_view *x, uint32_t mask)
{
    reduction r = {.results = 1, .each = 1};
    int64_t strides[CN_MAX_RANK], step = 1;
    for (int i = x->rank; i--;) {
        strides[i] = step;
        step *= x->dim[i];
    }
    for (int i = 0; i < x->rank; i++) {
        if (mask >> i & 1) {
            join(&r.n_reduced, r.reduced, r.reduced_stride, x->dim[i], strides[i]);
            r.each *= x->dim[i];
        } else {
            join(&r.n_kept, r.kept, r.kept_stride, x->dim[i], strides[i]);
            r.results *= x->dim[i];
        }
    }
    return r;
}

/* The offset of the i-th element of a walk. */
static int64_t offset_of(int64_t i, int n, const int64_t *dims, const int64_t *strides)
{
    int64_t offset = 0;
    for (int k = n; k--;) {
        offset += i % dims[k] * strides[k];
        i /= dims[k];
    }
    return offset;
}

typedef struct reduce_job {
    const cn_kernel_args *args;
    reduction r;
} reduce_job;

#define SUM_STEP(acc, v) acc += v
#define PROD_STEP(acc, v) acc *= v
#define MAX_STEP(acc, v) acc = (v > acc || v != v) ? v : acc
#define MIN_STEP(acc, v) acc = (v < acc || v != v) ? v : acc
#define ANY_STEP(acc, v) acc |= v != 0
#define ALL_STEP(acc, v) acc &= v != 0

/* Sums are added up in blocks, so that the error grows with the logarithm of the count, near
 * enough. */
enum { BLOCK = 256 };

#define REDUCE_LOOP(name, type, acc_type, first, step)                                             \
    static acc_type name##_run(const type *x, int64_t n, int64_t stride, acc_type acc)             \
    {                                                                                              \
        for (int64_t i = 0; i < n; i++) {                                                          \
            const type v = x[i * stride];                                                          \
            step(acc, v);                                                                          \
        }                                                                                          \
        return acc;                                                                                \
    }                                                                                              \
    static acc_type name##_one(const reduction *r, const type *x)                                  \
    {                                                                                              \
        acc_type total = first;                                                                    \
        int64_t inner = r->n_reduced ? r->reduced[r->n_reduced - 1] : 1;                           \
        int64_t stride = r->n_reduced ? r->reduced_stride[r->n_reduced - 1] : 1;                   \
        for (int64_t i = 0; i < (inner ? r->each / inner : 0); i++) {                              \
            const type *from = x + offset_of(i, r->n_reduced ? r->n_reduced - 1 : 0, r->reduced,   \
                                             r->reduced_stride);                                   \
            for (int64_t k = 0; k < inner; k += BLOCK) {                                           \
                int64_t n = inner - k < BLOCK ? inner - k : BLOCK;                                 \
                acc_type part = name##_run(from + k * stride, n, stride, first);                   \
                step(total, part);                                                                 \
            }                                                                                      \
        }                                                                                          \
        return total;                                                                              \
    }                                                                                              \
    static void name(void *context, size_t begin, size_t end)                                      \
    {                                                                                              \
        const reduce_job *job = context;                                                           \
        const type *x = job->args->in[0].data;                                                     \
        type *y = job->args->out[0].data;                                                          \
        for (size_t i = begin; i < end; i++)                                                       \
            y[i] = (type)name##_one(&job->r, x + offset_of((int64_t)i, job->r.n_kept, job->r.kept, \
                                                           job->r.kept_stride));                   \
    }

#define REDUCE_TYPES(name, first, low, step)                     \
    REDUCE_LOOP(name##_f32, float, float, first(float), step)    \
    REDUCE_LOOP(name##_f64, double, double, first(double), step) \
    REDUCE_LOOP(name##_i32, int32_t, int32_t, low##_32, step)    \
    REDUCE_LOOP(name##_i64, int64_t, int64_t, low##_64, step)    \
    static bool name##_kernel(const cn_kernel_args *args)        \
    {                                                            \
        switch (args->in[0].dtype) {                             \
        case CN_FLOAT32:                                         \
            return reduce(args, name##_f32);                     \
        case CN_FLOAT64:                                         \
            return reduce(args, name##_f64);                     \
        case CN_INT32:                                           \
            return reduce(args, name##_i32);                     \
        default:                                                 \
            return reduce(args, name##_i64);                     \
        }                                                        \
    }

static bool reduce(const cn_kernel_args *args, cn_loop loop)
{
    reduce_job job = {args, describe(&args->in[0], ((const reduce_attrs *)args->attrs)->mask)};
    size_t grain = (size_t)(job.r.each ? 16384 / job.r.each : 16384);
    cn_parallel_for((size_t)job.r.results, grain ? grain : 1, loop, &job);
    return true;
}

#define ZERO(type) 0
#define ONE(type) 1
#define LOWEST(type) -INFINITY
#define HIGHEST(type) INFINITY
#define zero_32 0
#define zero_64 0
#define one_32 1
#define one_64 1
#define lowest_32 INT32_MIN
#define lowest_64 INT64_MIN
#define highest_32 INT32_MAX
#define highest_64 INT64_MAX
REDUCE_TYPES(sum, ZERO, zero, SUM_STEP)
REDUCE_TYPES(prod, ONE, one, PROD_STEP)
REDUCE_TYPES(max, LOWEST, lowest, MAX_STEP)
REDUCE_TYPES(min, HIGHEST, highest, MIN_STEP)
REDUCE_LOOP(any_u8, uint8_t, uint8_t, 0, ANY_STEP)
REDUCE_LOOP(all_u8, uint8_t, uint8_t, 1, ALL_STEP)

static bool any_kernel(const cn_kernel_args *args)
{
    return reduce(args, any_u8);
}

static bool all_kernel(const cn_kernel_args *args)
{
    return reduce(args, all_u8);
}

static bool mean_kernel(const cn_kernel_args *args)
{
    if (!sum_kernel(args))
        return false;
    const cn_view *y = &args->out[0];
    double count = y->size ? (double)args->in[0].size / (double)y->size : 0;
    for (int64_t i = 0; i < y->size && y->dtype == CN_FLOAT32; i++)
        ((float *)y->data)[i] /= (float)count;
    for (int64_t i = 0; i < y->size && y->dtype == CN_FLOAT64; i++)
        ((double *)y->data)[i] /= count;
    return true;
}

static bool reduce_infer(const cn_tensor *node, cn_results *results)
{
    cn_shape shape = node->inputs[0]->shape;
    uint32_t mask = CN_ATTRS(reduce_attrs, node)->mask;
    for (int i = shape.rank; i--;)
        if (mask >> i & 1)
            shape = cn_shape_remove(shape, i);
    results->shape[0] = shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

/* An extreme of nothing does not exist. */
static bool extreme_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    for (int i = 0; i < x->shape.rank; i++)
        if (CN_ATTRS(reduce_attrs, node)->mask >> i & 1 && x->shape.dim[i] == 0)
            return cn_fail(CN_EINVAL, "cn_%s: axis %d of %s is empty", node->op->name, i,
                           cn_shape_text(x->shape));
    return reduce_infer(node, results);
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

#define VJP(id, expression)                                                                     \
    static bool id##_vjp(const cn_tensor *node, cn_tensor *const *dys, cn_tensor **dx)          \
    {                                                                                           \
        cn_tensor *x = node->inputs[0];                                                         \
        uint32_t mask = CN_ATTRS(reduce_attrs, node)->mask;                                     \
        cn_tensor *dy = with_axes(dys[0], x, mask), *y = with_axes((cn_tensor *)node, x, mask); \
        (void)y;                                                                                \
        dx[0] = (expression);                                                                   \
        return dx[0] != NULL;                                                                   \
    }

/* Ties share the gradient evenly. */
static cn_tensor *extreme_gradient(cn_tensor *x, cn_tensor *y, cn_tensor *dy, uint32_t mask)
{
    cn_tensor *hit = cn_cast(cn_equal(x, y), dy->dtype);
    cn_tensor *count = cn_apply1(&cn_op_sum, hit, &(reduce_attrs){mask});
    return cn_mul(hit, cn_div(dy, with_axes(count, x, mask)));
}

/* The product of all others: y / x, or, where x is the only zero, the product of what is not zero.
 */
static cn_tensor *product_gradient(cn_tensor *x, cn_tensor *y, cn_tensor *dy, uint32_t mask)
{
    cn_tensor *zero = cn_equal(x, 0), *rest = cn_select(zero, 1, x);
    cn_tensor *zeros = cn_apply1(&cn_op_sum, cn_cast(zero, dy->dtype), &(reduce_attrs){mask});
    cn_tensor *others = cn_apply1(&cn_op_prod, rest, &(reduce_attrs){mask});
    cn_tensor *only = cn_equal(with_axes(zeros, x, mask), 1);
    cn_tensor *at_zero = cn_select(only, with_axes(others, x, mask), 0);
    return cn_mul(dy, cn_select(zero, at_zero, cn_div(y, rest)));
}

VJP(sum, cn_broadcast_like(dy, x))
VJP(mean, cn_broadcast_like(cn_div(cn_mul(dy, (double)cn_size(y)), (double)cn_size(x)), x))
VJP(max, extreme_gradient(x, y, dy, mask))
VJP(min, extreme_gradient(x, y, dy, mask))
VJP(prod, product_gradient(x, y, dy, mask))

#define REDUCE_OP(id, traits_, infer_, vjp_)                 \
    const cn_op cn_op_##id = {.name = #id,                   \
                              .traits = traits_,             \
                              .attrs = sizeof(reduce_attrs), \
                              .infer = infer_,               \
                              .vjp = vjp_,                   \
                              .run = id##_kernel};
REDUCE_OP(sum, 0, reduce_infer, sum_vjp)
REDUCE_OP(mean, 0, reduce_infer, mean_vjp)
REDUCE_OP(prod, 0, reduce_infer, prod_vjp)
REDUCE_OP(max, 0, extreme_infer, max_vjp)
REDUCE_OP(min, 0, extreme_infer, min_vjp)
REDUCE_OP(any, CN_NO_GRADIENT, reduce_infer, NULL)
REDUCE_OP(all, CN_NO_GRADIENT, reduce_infer, NULL)

/* ---- the public doors ---- */

static cn_tensor *apply(const cn_op *op, const cn_reduce_options *o, cn_tensor *x)
{
    unsigned mask;
    char who[32];
    snprintf(who, sizeof who, "cn_%s", op->name);
    if (!x || !cn_axes_mask(o->axis, x->shape.rank, &mask, who))
        return NULL;
    if (!mask)
        return x;
    cn_tensor *y = cn_apply1(op, x, &(reduce_attrs){mask});
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
