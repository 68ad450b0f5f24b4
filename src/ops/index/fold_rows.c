/* Rows that meet at places: the larger, the smaller or the product of all. keras.ops.segment_max,
 * scatter_update's reduction */
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/threads.h"
#include "ops/index/gather.h"

typedef struct fold_attrs {
    int64_t loop; /* a cn_loop_id */
} fold_attrs;

static bool fold_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

typedef struct fold_job {
    const cn_kernel_args *args;
    cn_loop_kernel loop;
    int64_t rows, n, pieces;
    size_t row;   /* bytes */
    size_t inner; /* elements */
} fold_job;

/* Each piece has rows of its own, which meet their updates in order. */
static void fold_pieces(void *context, size_t begin, size_t end)
{
    const fold_job *job = context;
    const cn_kernel_args *args = job->args;
    const int64_t *places = args->in[1].data;
    int64_t low = job->rows * (int64_t)begin / job->pieces;
    int64_t high = job->rows * (int64_t)end / job->pieces;
    for (int64_t i = 0; i < job->n; i++) {
        if (places[i] < low || places[i] >= high)
            continue;
        char *y = (char *)args->out[0].data + (size_t)places[i] * job->row;
        const char *u = (const char *)args->in[2].data + (size_t)i * job->row;
        job->loop(y, (const void *[]){y, u}, job->inner, NULL);
    }
}

static bool fold_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0];
    size_t size = cn_dtype_size(x->dtype);
    if (!x->size)
        return true;
    memcpy(args->out[0].data, x->data, (size_t)x->size * size);
    fold_job job = {.args = args, .rows = x->dim[0], .n = args->in[1].size, .pieces = 1};
    job.loop = cn_loop_get((cn_loop_id)((const fold_attrs *)args->attrs)->loop, x->dtype);
    job.inner = (size_t)(x->size / x->dim[0]);
    job.row = job.inner * size;
    if (job.n * (int64_t)job.inner > 16384)
        job.pieces = 8;
    cn_parallel_for((size_t)job.pieces, 1, fold_pieces, &job);
    return true;
}

/* 1 where the place's result is u, in dtype: those that share its gradient. */
static cn_tensor *winners(cn_tensor *y, cn_tensor *u)
{
    return cn_cast(cn_equal(y, u), y->dtype);
}

/* Of the largest: all that are equal to it share the gradient. */
static bool extreme_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *x = node->inputs[0], *at = node->inputs[1], *u = node->inputs[2];
    cn_tensor *y = (cn_tensor *)node, *own = winners(y, x), *wins = winners(cn_gather(y, at, 0), u);
    cn_tensor *count = cn_add(own, cn_gather_sum(wins, at, 0, x));
    cn_tensor *each = cn_div(dy[0], cn_maximum(count, 1));
    dx[0] = cn_mul(each, own);
    dx[2] = cn_mul(cn_gather(each, at, 0), wins);
    return dx[0] && dx[2];
}

extern const cn_op cn_op_fold_product;

/* Of a product: that of all others, also where one of them is 0. */
static bool product_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *x = node->inputs[0], *at = node->inputs[1], *u = node->inputs[2];
    cn_tensor *x0 = cn_equal(x, 0), *u0 = cn_equal(u, 0);
    cn_tensor *x1 = cn_select(x0, 1, x), *u1 = cn_select(u0, 1, u), *inputs[] = {x1, at, u1};
    cn_tensor *rest = cn_mul(cn_apply(&cn_op_fold_product, inputs, 3, node->attrs), dy[0]);
    cn_tensor *zeros = cn_add(cn_cast(x0, CN_INT32),
                              cn_gather_sum(cn_cast(u0, CN_INT32), at, 0, x)); /* at each place */
    dx[0] = cn_select(cn_equal(zeros, cn_cast(x0, CN_INT32)), cn_div(rest, x1), 0);
    cn_tensor *alone = cn_equal(cn_gather(zeros, at, 0), cn_cast(u0, CN_INT32));
    dx[2] = cn_select(alone, cn_div(cn_gather(rest, at, 0), u1), 0);
    return dx[0] && dx[2];
}

const cn_op cn_op_fold_extreme = {.name = "fold_extreme",
                                  .attrs = sizeof(fold_attrs),
                                  .infer = fold_infer,
                                  .vjp = extreme_vjp,
                                  .run = fold_run};
const cn_op cn_op_fold_product = {.name = "fold_product",
                                  .attrs = sizeof(fold_attrs),
                                  .infer = fold_infer,
                                  .vjp = product_vjp,
                                  .run = fold_run};

cn_tensor *cn_fold_rows(cn_tensor *x, cn_tensor *places, cn_tensor *updates, const char *how)
{
    if (!x || !places || !updates)
        return NULL;
    fold_attrs attrs = {CN_LOOP_maximum};
    const cn_op *op = &cn_op_fold_extreme;
    if (how && !strcmp(how, "mul")) {
        attrs.loop = CN_LOOP_mul;
        op = &cn_op_fold_product;
    } else if (how && !strcmp(how, "min")) {
        attrs.loop = CN_LOOP_minimum;
    } else if (!how || strcmp(how, "max")) {
        return cn_fail_null(CN_EINVAL,
                            "cn_scatter_reduce: expected 'add', 'max', 'min' or 'mul', found '%s'",
                            how ? how : "NULL");
    }
    cn_dtype dtype = cn_computable(x->dtype);
    cn_tensor *inputs[] = {cn_cast(x, dtype), places, cn_cast(updates, dtype)};
    return cn_cast(cn_apply(op, inputs, 3, &attrs), x->dtype);
}
