/* Axes of size 1 come and go. keras.ops.expand_dims, squeeze */
#include "ops/ops.h"

cn_tensor *cn_expand_dims(cn_tensor *x, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank + 1, &at, "cn_expand_dims"))
        return NULL;
    if (x->shape.rank == CN_MAX_RANK)
        return cn_fail_null(CN_EINVAL, "cn_expand_dims: expected a rank below %d, found shape %s",
                            CN_MAX_RANK, cn_shape_text(x->shape));
    return cn_reshape(x, cn_shape_insert(x->shape, at, 1));
}

cn_tensor *cn_squeeze(cn_tensor *x, int64_t axis)
{
    if (!x)
        return NULL;
    cn_shape shape = x->shape;
    int at = 0;
    if (axis == CN_UNSET) {
        for (int i = shape.rank; i--;)
            if (shape.dim[i] == 1)
                shape = cn_shape_remove(shape, i);
    } else if (!cn_axis(axis, shape.rank, &at, "cn_squeeze")) {
        return NULL;
    } else if (shape.dim[at] != 1 && shape.dim[at] != CN_ANY) {
        return cn_fail_null(CN_EINVAL, "cn_squeeze: expected size 1 at axis %d, found shape %s", at,
                            cn_shape_text(shape));
    } else {
        shape = cn_shape_remove(shape, at);
    }
    return cn_reshape(x, shape);
}
