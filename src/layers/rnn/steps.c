#include "layers/rnn/steps.h"

#include "ops/ops.h"

cn_tensor *cn_fold_steps(cn_tensor *x)
{
    if (!x)
        return NULL;
    cn_shape shape = cn_shape_remove(cn_same_dims(x->shape.rank), 1);
    shape.dim[0] = CN_ANY;
    return cn_regroup(x, shape);
}

/* (a, b, 1, …), whatever x holds, with the sizes of y behind. */
static cn_tensor *like(cn_tensor *x, const cn_tensor *y)
{
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK], step[CN_MAX_RANK] = {0};
    cn_shape corner = {.rank = y->shape.rank + 1, .dim = {CN_DIM(0), CN_DIM(1)}};
    cn_shape whole = cn_shape_insert(y->shape, 0, CN_ANY);
    whole.dim[1] = CN_ANY;
    for (int i = 0; i < CN_MAX_RANK; i++)
        size[i] = i < 2 ? CN_ANY : 1;
    for (int i = 2; i < corner.rank; i++)
        corner.dim[i] = 1;
    return cn_broadcast_to(cn_regroup(cn_strided_slice(x, start, size, step), corner), whole);
}

cn_tensor *cn_unfold_steps(cn_tensor *y, cn_tensor *x)
{
    if (!x || !y)
        return NULL;
    int64_t a = x->shape.dim[0], b = x->shape.dim[1];
    cn_shape shape = cn_shape_insert(cn_same_dims(y->shape.rank), 0, a);
    if (a < 0 && b < 0)
        return cn_reshape_like(y, like(x, y));
    for (int i = 2; i < shape.rank; i++)
        shape.dim[i] = CN_DIM(i - 1);
    shape.dim[1] = b;
    return cn_regroup(y, shape);
}

cn_tensor *cn_sum_all(const cn_list *scalars)
{
    cn_tensor *sum = scalars->items[0];
    for (size_t i = 1; i < scalars->count; i++)
        sum = cn_add(sum, (cn_tensor *)scalars->items[i]);
    return sum;
}
