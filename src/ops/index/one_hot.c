/* Rows of zeros with a one. keras.ops.one_hot */
#include "ops/ops.h"
#include "graph/form.h"

cn_tensor *cn_one_hot(cn_tensor *indices, int64_t classes, int64_t axis, cn_dtype dtype)
{
    int at;
    if (!indices || !cn_axis(axis, indices->shape.rank + 1, &at, "cn_one_hot"))
        return NULL;
    if (classes < 0)
        return cn_fail_null(CN_EINVAL, "cn_one_hot: expected classes of at least 0, found %lld",
                            (long long)classes);
    cn_tensor *range = cn_arange(0, (double)classes, 1, CN_INT64);
    for (int i = at; i < indices->shape.rank; i++)
        range = cn_expand_dims(range, -1);
    cn_tensor *hit = cn_equal(cn_expand_dims(cn_cast(indices, CN_INT64), at), range);
    dtype = dtype ? dtype : CN_FLOAT32;
    cn_tensor *y = cn_cast(hit, dtype);
    return CN_FORMED(y, "OneHot", cn_list_of(indices),
                     "\"num_classes\": %lld, \"axis\": %lld, \"dtype\": \"%s\", \"sparse\": false",
                     (long long)classes, (long long)axis, cn_dtype_name(dtype));
}
