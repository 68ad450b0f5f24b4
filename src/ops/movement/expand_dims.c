/* Axes of size 1 come and go; axes are merged. keras.ops.expand_dims, squeeze */
#include "ops/ops.h"

cn_shape cn_same_dims(int rank)
{
    cn_shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++)
        shape.dim[i] = CN_DIM(i);
    return shape;
}

cn_tensor *cn_expand_dims(cn_tensor *x, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank + 1, &at, "cn_expand_dims"))
        return NULL;
    if (x->shape.rank == CN_MAX_RANK)
        return cn_fail_null(CN_EINVAL, "cn_expand_dims: expected a rank below %d, found shape %s",
                            CN_MAX_RANK, cn_shape_text(x->shape));
    return cn_regroup(x, cn_shape_insert(cn_same_dims(x->shape.rank), at, 1));
}

cn_tensor *cn_squeeze(cn_tensor *x, int64_t axis)
{
    if (!x)
        return NULL;
    cn_shape shape = cn_same_dims(x->shape.rank);
    int at = 0;
    if (axis == CN_UNSET) {
        for (int i = shape.rank; i--;)
            if (x->shape.dim[i] == 1)
                shape = cn_shape_remove(shape, i);
    } else if (!cn_axis(axis, shape.rank, &at, "cn_squeeze")) {
        return NULL;
    } else if (x->shape.dim[at] != 1 && x->shape.dim[at] != CN_ANY) {
        return cn_fail_null(CN_EINVAL, "cn_squeeze: expected size 1 at axis %d, found shape %s", at,
                            cn_shape_text(x->shape));
    } else {
        shape = cn_shape_remove(shape, at);
    }
    return shape.rank == x->shape.rank ? cn_unchanged(x) : cn_regroup(x, shape);
}
