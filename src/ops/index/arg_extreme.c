/* Where the largest and the smallest stand. keras.ops.argmax, argmin */
#include "ops/ops.h"
#include "graph/form.h"

#include "base/threads.h"
#include "ops/index/order_keys.h"

typedef struct arg_attrs {
    int64_t axis, smallest;
} arg_attrs;

static bool arg_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    int axis = (int)CN_ATTRS(arg_attrs, node)->axis;
    if (x->shape.dim[axis] == 0)
        return cn_fail(CN_EINVAL, "cn_%s: axis %d of shape %s is empty", node->op->name, axis,
                       cn_shape_text(x->shape));
    results->shape[0] = cn_shape_remove(x->shape, axis);
    results->dtype[0] = CN_INT32;
    return true;
}

typedef struct arg_job {
    const cn_kernel_args *args;
    int64_t n, inner;
    bool smallest;
} arg_job;

enum { BLOCK = 128 };

/* The first of the largest; NaN counts as an extreme of both kinds, as in NumPy. */
static int32_t find(const char *x, cn_dtype dtype, const arg_job *job)
{
    uint64_t keys[BLOCK], best = 0;
    int64_t where = 0;
    size_t size = cn_dtype_size(dtype);
    for (int64_t i = 0; i < job->n; i += BLOCK) {
        int64_t n = job->n - i < BLOCK ? job->n - i : BLOCK;
        cn_order_keys(x + (size_t)(i * job->inner) * size, dtype, n, job->inner, keys);
        for (int64_t k = 0; k < n; k++) {
            uint64_t key = job->smallest && keys[k] != CN_NAN_KEY ? ~keys[k] : keys[k];
            if (key > best || !(i + k)) {
                best = key;
                where = i + k;
            }
        }
    }
    return (int32_t)where;
}

static void find_all(void *context, size_t begin, size_t end)
{
    const arg_job *job = context;
    const cn_view *x = &job->args->in[0];
    size_t size = cn_dtype_size(x->dtype);
    for (size_t i = begin; i < end; i++) {
        int64_t outer = (int64_t)i / job->inner, inner = (int64_t)i % job->inner;
        const char *lane =
            (const char *)x->data + (size_t)(outer * job->n * job->inner + inner) * size;
        ((int32_t *)job->args->out[0].data)[i] = find(lane, x->dtype, job);
    }
}

static bool arg_run(const cn_kernel_args *args)
{
    const arg_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0];
    arg_job job = {args, x->dim[attrs->axis], 1, attrs->smallest};
    for (int i = (int)attrs->axis + 1; i < x->rank; i++)
        job.inner *= x->dim[i];
    cn_parallel_for((size_t)args->out[0].size, job.n >= 4096 ? 1 : (size_t)(4096 / job.n), find_all,
                    &job);
    return true;
}

#define ARG_OP(id)                                        \
    const cn_op cn_op_##id = {.name = #id,                \
                              .traits = CN_NO_GRADIENT,   \
                              .attrs = sizeof(arg_attrs), \
                              .infer = arg_infer,         \
                              .run = arg_run};
ARG_OP(argmax)
ARG_OP(argmin)

static cn_tensor *arg(const cn_op *op, cn_tensor *x, int64_t axis, bool keepdims, const char *who)
{
    int at = 0;
    if (!x)
        return NULL;
    int rank = x->shape.rank;
    bool flat = axis == CN_UNSET;
    if (!flat && !cn_axis(axis, rank, &at, who))
        return NULL;
    cn_tensor *y = cn_apply1(op, flat ? cn_reshape(x, cn_shape(CN_ANY)) : x,
                             &(arg_attrs){at, op == &cn_op_argmin});
    for (int i = 0; keepdims && i < (flat ? rank : 1); i++)
        y = cn_expand_dims(y, at);
    return CN_FORMED(y, op == &cn_op_argmin ? "Argmin" : "Argmax", cn_list_of(x),
                     "\"axis\": %s, \"keepdims\": %s", flat ? "null" : cn_fmt("%d", at),
                     keepdims ? "true" : "false");
}

cn_tensor *cn_argmax(cn_tensor *x, int64_t axis, bool keepdims)
{
    return arg(&cn_op_argmax, x, axis, keepdims, "cn_argmax");
}

cn_tensor *cn_argmin(cn_tensor *x, int64_t axis, bool keepdims)
{
    return arg(&cn_op_argmin, x, axis, keepdims, "cn_argmin");
}
