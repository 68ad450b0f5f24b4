/* Softmax and its logarithm along the last axis; other axes are moved there. keras.ops.softmax,
 * log_softmax */
#include "backend/cpu/loops/softmax.h"
#include "base/threads.h"
#include "ops/products.h"

enum { GRAIN = 1 << 13 };

/* A row kernel for either dtype over rows of in[0] (and in[1]). */
typedef struct row_job {
    const cn_kernel_args *args;
    int64_t n;
    enum { SOFTMAX, LOG_SOFTMAX, SOFTMAX_GRAD } kind;
} row_job;

#define ROWS(name, real, pick)                                                          \
    static void name(void *context, size_t begin, size_t end)                           \
    {                                                                                   \
        const row_job *job = context;                                                   \
        ptrdiff_t at = (ptrdiff_t)begin * job->n, rows = (ptrdiff_t)(end - begin);      \
        const real *x = (const real *)job->args->in[0].data + at;                       \
        real *y = (real *)job->args->out[0].data + at;                                  \
        if (job->kind == SOFTMAX)                                                       \
            (pick)->softmax(x, y, rows, job->n);                                        \
        else if (job->kind == LOG_SOFTMAX)                                              \
            (pick)->log_softmax(x, y, rows, job->n);                                    \
        else                                                                            \
            (pick)->grad(x, (const real *)job->args->in[1].data + at, y, rows, job->n); \
    }
ROWS(float_rows, float, cn_isa_pick(cn_softmaxes))
ROWS(double_rows, double, &cn_softmaxes_of_double)

static bool each_row(const cn_kernel_args *args, int kind)
{
    const cn_view *x = &args->in[0];
    if (!x->size)
        return true;
    row_job job = {args, x->dim[x->rank - 1], kind};
    cn_parallel_for((size_t)(x->size / job.n), (size_t)(GRAIN / job.n + 1),
                    x->dtype == CN_FLOAT32 ? float_rows : double_rows, &job);
    return true;
}

static bool softmax_kernel(const cn_kernel_args *args)
{
    return each_row(args, SOFTMAX);
}

static bool log_softmax_kernel(const cn_kernel_args *args)
{
    return each_row(args, LOG_SOFTMAX);
}

static bool grad_kernel(const cn_kernel_args *args)
{
    return each_row(args, SOFTMAX_GRAD);
}

static bool same_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static cn_tensor *row_sum(cn_tensor *x)
{
    return cn_sum(x, {-1}, true);
}

extern const cn_op cn_op_softmax, cn_op_softmax_grad, cn_op_log_softmax;

static bool softmax_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_apply2(&cn_op_softmax_grad, (cn_tensor *)node, dy[0], NULL);
    return dx[0] != NULL;
}

/* dx = y (dy - s), s = sum of dy y: the same matrix for g to dy; to y: g (dy - s) - dy sum of g y.
 */
static bool softmax_grad_vjp(const cn_tensor *node, cn_tensor *const *gs, cn_tensor **dx)
{
    cn_tensor *y = node->inputs[0], *dy = node->inputs[1], *g = gs[0];
    cn_tensor *s = row_sum(cn_mul(dy, y));
    dx[0] = cn_sub(cn_mul(g, cn_sub(dy, s)), cn_mul(dy, row_sum(cn_mul(g, y))));
    dx[1] = cn_apply2(&cn_op_softmax_grad, y, g, NULL);
    return dx[0] && dx[1];
}

static bool log_softmax_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_sub(dy[0], cn_mul(cn_exp((cn_tensor *)node), row_sum(dy[0])));
    return dx[0] != NULL;
}

const cn_op cn_op_softmax = {
    .name = "softmax", .infer = same_infer, .vjp = softmax_vjp, .run = softmax_kernel};
const cn_op cn_op_softmax_grad = {
    .name = "softmax_grad", .infer = same_infer, .vjp = softmax_grad_vjp, .run = grad_kernel};
const cn_op cn_op_log_softmax = {
    .name = "log_softmax", .infer = same_infer, .vjp = log_softmax_vjp, .run = log_softmax_kernel};

static cn_tensor *along(const cn_op *op, cn_tensor *x, int64_t axis, const char *who)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, who))
        return NULL;
    bool last = at == x->shape.rank - 1;
    cn_dtype dtype = cn_result_float(x->dtype);
    x = cn_cast(x, cn_compute_float(x->dtype));
    cn_tensor *y = cn_apply1(op, last ? x : cn_swapaxes(x, at, -1), NULL);
    return cn_cast(last ? y : cn_swapaxes(y, at, -1), dtype);
}

cn_tensor *cn_softmax(cn_tensor *x, int64_t axis)
{
    return along(&cn_op_softmax, x, axis, "cn_softmax");
}

cn_tensor *cn_log_softmax(cn_tensor *x, int64_t axis)
{
    return along(&cn_op_log_softmax, x, axis, "cn_log_softmax");
}
