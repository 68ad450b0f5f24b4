/* Running sums and products along an axis, and the linear recurrence that their gradients are made
 * of. keras.ops.cumsum, cumprod */
#include "ops/ops.h"
#include "graph/form.h"

#include "base/threads.h"
#include "ops/movement/slice.h"

typedef struct scan_attrs {
    int64_t axis, reverse;
} scan_attrs;

static bool scan_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

/* Lanes along the axis, `inner` elements apart; lane l is inner l % inner of outer l / inner. */
typedef struct scan_job {
    const cn_kernel_args *args;
    int64_t n, inner;
    bool reverse;
} scan_job;

/* Neighbouring lanes advance together. `a` and `b` are the inputs here, `y` the result before. */
#define SCAN_LOOP(name, type, first, next)                                                   \
    static void name(void *context, size_t begin, size_t end)                                \
    {                                                                                        \
        const scan_job *job = context;                                                       \
        const type *in0 = job->args->in[0].data;                                             \
        const type *in1 = job->args->in[job->args->n_in - 1].data;                           \
        type *out = job->args->out[0].data;                                                  \
        int64_t inner = job->inner, step = job->reverse ? -inner : inner;                    \
        for (int64_t l = (int64_t)begin, stop; l < (int64_t)end; l = stop) {                 \
            int64_t outer = l / inner;                                                       \
            stop = (outer + 1) * inner < (int64_t)end ? (outer + 1) * inner : (int64_t)end;  \
            int64_t at = outer * job->n * inner + (job->reverse ? (job->n - 1) * inner : 0); \
            for (int64_t i = 0; i < job->n; i++, at += step)                                 \
                for (int64_t k = at + l % inner; k < at + l % inner + stop - l; k++) {       \
                    const type a = in0[k], b = in1[k];                                       \
                    (void)a, (void)b;                                                        \
                    if (!i) {                                                                \
                        out[k] = first;                                                      \
                    } else {                                                                 \
                        const type y = out[k - step];                                        \
                        out[k] = (type)(next);                                               \
                    }                                                                        \
                }                                                                            \
        }                                                                                    \
    }

/* Integers wrap, so they are unsigned here. */
#define SCAN_TYPES(name, first, next)                       \
    SCAN_LOOP(name##_f32, float, first, next)               \
    SCAN_LOOP(name##_f64, double, first, next)              \
    SCAN_LOOP(name##_i32, uint32_t, first, next)            \
    SCAN_LOOP(name##_i64, uint64_t, first, next)            \
    static bool name##_run(const cn_kernel_args *args)      \
    {                                                       \
        cn_dtype dtype = args->in[0].dtype;                 \
        return run(args, dtype == CN_FLOAT32   ? name##_f32 \
                         : dtype == CN_FLOAT64 ? name##_f64 \
                         : dtype == CN_INT32   ? name##_i32 \
                                               : name##_i64); \
    }

static bool run(const cn_kernel_args *args, cn_loop loop)
{
    const scan_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0];
    scan_job job = {args, x->dim[attrs->axis], 1, attrs->reverse};
    for (int i = (int)attrs->axis + 1; i < x->rank; i++)
        job.inner *= x->dim[i];
    if (x->size)
        cn_parallel_for((size_t)(x->size / job.n), job.n >= 16384 ? 1 : (size_t)(16384 / job.n),
                        loop, &job);
    return true;
}

SCAN_TYPES(sum, a, y + a)
SCAN_TYPES(product, a, y *a)
SCAN_TYPES(recurrence, b, a *y + b)

extern const cn_op cn_op_cumsum, cn_op_recurrence;

static cn_tensor *recurrence(cn_tensor *a, cn_tensor *b, scan_attrs attrs)
{
    return cn_apply2(&cn_op_recurrence, a, b, &attrs);
}

/* y one place later along the axis (earlier in reverse), `fill` coming in. */
static cn_tensor *previous(cn_tensor *y, scan_attrs attrs, double fill)
{
    int64_t before[CN_MAX_RANK] = {0}, after[CN_MAX_RANK] = {0};
    (attrs.reverse ? after : before)[attrs.axis] = 1;
    cn_tensor *rest = attrs.reverse ? cn_slice_axis(y, (int)attrs.axis, 1, CN_UNSET, 1)
                                    : cn_slice_axis(y, (int)attrs.axis, 0, -1, 1);
    return cn_pad(rest, before, after, "constant", fill);
}

/* What has come back to each place: g = dy + (the next a) * (the next g). */
static cn_tensor *come_back(cn_tensor *a, cn_tensor *dy, scan_attrs attrs)
{
    scan_attrs back = {attrs.axis, !attrs.reverse};
    return recurrence(cn_roll(a, attrs.reverse ? 1 : -1, attrs.axis), dy, back);
}

static bool sum_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const scan_attrs *attrs = CN_ATTRS(scan_attrs, node);
    dx[0] = cn_apply1(&cn_op_cumsum, dy[0], &(scan_attrs){attrs->axis, !attrs->reverse});
    return dx[0] != NULL;
}

/* Exact also where factors are 0. */
static bool product_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    scan_attrs attrs = *CN_ATTRS(scan_attrs, node);
    cn_tensor *before = previous((cn_tensor *)node, attrs, 1);
    dx[0] = cn_mul(before, come_back(node->inputs[0], dy[0], attrs));
    return dx[0] != NULL;
}

static bool recurrence_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    scan_attrs attrs = *CN_ATTRS(scan_attrs, node);
    dx[1] = come_back(node->inputs[0], dy[0], attrs);
    dx[0] = cn_mul(dx[1], previous((cn_tensor *)node, attrs, 0));
    return dx[0] && dx[1];
}

#define SCAN_OP(id, name_)                                    \
    const cn_op cn_op_##name_ = {.name = #name_,              \
                                 .attrs = sizeof(scan_attrs), \
                                 .infer = scan_infer,         \
                                 .vjp = id##_vjp,             \
                                 .run = id##_run};
SCAN_OP(sum, cumsum)
SCAN_OP(product, cumprod)
/* y[i] = a[i] * y[i - 1] + b[i], starting at b[0] */
SCAN_OP(recurrence, recurrence)

static cn_tensor *scan(const cn_op *op, cn_tensor *x, int64_t axis, const char *who)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, who))
        return NULL;
    cn_dtype dtype = x->dtype == CN_BOOL ? CN_INT32 : x->dtype;
    cn_tensor *y = cn_apply1(op, cn_cast(x, cn_computable(dtype)), &(scan_attrs){at, 0});
    y = cn_cast(y, dtype);
    return CN_FORMED(y, op == &cn_op_cumsum ? "Cumsum" : "Cumprod", cn_list_of(x),
                     "\"axis\": %d, \"dtype\": null", at);
}

cn_tensor *cn_cumsum(cn_tensor *x, int64_t axis)
{
    return scan(&cn_op_cumsum, x, axis, "cn_cumsum");
}

cn_tensor *cn_cumprod(cn_tensor *x, int64_t axis)
{
    return scan(&cn_op_cumprod, x, axis, "cn_cumprod");
}
