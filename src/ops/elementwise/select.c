/* Choice by a condition, clipping, and the identity that stops gradients. keras.ops.where, clip */
#include "ops/elementwise/elementwise.h"

#include <stdatomic.h>

static bool select_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *cond = node->inputs[0];
    dx[1] = cn_sum_like(cn_select(cond, dy[0], 0), node->inputs[1]);
    dx[2] = cn_sum_like(cn_select(cond, 0, dy[0]), node->inputs[2]);
    return dx[1] && dx[2];
}

static cn_loop_kernel select_loop(const cn_tensor *node)
{
    return cn_loop_select(cn_dtype_size(node->dtype));
}

const cn_op cn_op_select = {.name = "select",
                            .traits = CN_ELEMENTWISE | CN_TAME,
                            .infer = cn_elementwise_infer,
                            .vjp = select_vjp,
                            .loop = select_loop};

cn_tensor *cn_select_(cn_tensor *cond, cn_tensor *a, cn_tensor *b)
{
    if (!cond || !a || !b)
        return NULL;
    cn_dtype dtype = cn_promote(a, b);
    cn_tensor *inputs[] = {cn_cast(cond, CN_BOOL), cn_cast(a, dtype), cn_cast(b, dtype)};
    cn_tensor *y = cn_apply(&cn_op_select, inputs, 3, NULL);
    if (y)
        y->weak = a->weak && b->weak;
    return y;
}

cn_tensor *cn_clip_(cn_tensor *x, cn_tensor *low, cn_tensor *high)
{
    return cn_minimum(cn_maximum(x, low), high);
}

/* ---- stop_gradient ---- */

static bool same_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

const cn_op cn_op_stop_gradient = {
    .name = "stop_gradient", .traits = CN_VIEW | CN_NO_GRADIENT, .infer = same_infer};

cn_tensor *cn_stop_gradient(cn_tensor *x)
{
    return cn_apply1(&cn_op_stop_gradient, x, NULL);
}

/* ---- epsilon ---- */

static _Atomic double epsilon = 1e-7;

double cn_epsilon(void)
{
    return atomic_load(&epsilon);
}

void cn_set_epsilon(double value)
{
    atomic_store(&epsilon, value);
}
