/* Neighbouring axes become one, and one becomes several: reshapes that name axes instead of sizes,
 * so that any number of dimensions may be unknown. */
#include "ops/products.h"

typedef struct axes_attrs {
    int32_t first, count, from;
} axes_attrs;

static int unknown(cn_shape shape)
{
    int count = 0;
    for (int i = 0; i < shape.rank; i++)
        count += shape.dim[i] < 0;
    return count;
}

static cn_shape split(cn_shape shape, int first, cn_shape like, int from, int count)
{
    shape = cn_shape_remove(shape, first);
    for (int i = 0; i < count; i++)
        shape = cn_shape_insert(shape, first + i, like.dim[from + i]);
    return shape;
}

static bool axes_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_reshape_like(dy[0], node->inputs[0]);
    return dx[0] != NULL;
}

static bool split_infer(const cn_tensor *node, cn_results *results)
{
    const axes_attrs *at = node->attrs;
    const cn_tensor *x = node->inputs[0], *like = node->inputs[1];
    results->shape[0] = split(x->shape, at->first, like->shape, at->from, at->count);
    results->dtype[0] = x->dtype;
    return true;
}

const cn_op cn_op_split_axis = {.name = "split_axis",
                                .traits = CN_VIEW,
                                .attrs = sizeof(axes_attrs),
                                .infer = split_infer,
                                .vjp = axes_vjp};

cn_tensor *cn_merge_axes(cn_tensor *x, int first, int count)
{
    if (!x || count == 1)
        return cn_unchanged(x);
    if (count == 0)
        return cn_expand_dims(x, first);
    cn_shape shape = cn_same_dims(x->shape.rank);
    for (int i = 1; i < count; i++)
        shape = cn_shape_remove(shape, first);
    shape.dim[first] = CN_ANY;
    return cn_regroup(x, shape);
}

cn_tensor *cn_split_axis(cn_tensor *x, int first, cn_tensor *like, int from, int count)
{
    if (!x || !like || count == 1)
        return like ? x : NULL;
    if (count == 0)
        return cn_squeeze(x, first);
    cn_shape shape = split(x->shape, first, like->shape, from, count);
    if (unknown(shape) < 2)
        return cn_reshape(x, shape);
    return cn_apply2(&cn_op_split_axis, x, like, &(axes_attrs){first, count, from});
}
