/* Normalization, composed of elementwise ops, which a plan makes one loop of.
 * keras.ops.batch_normalization, normalize */
#include "ops/ops.h"
#include "graph/form.h"

/* A vector that stands along `axis` of x. */
static cn_tensor *stand(cn_tensor *vector, const cn_tensor *x, int axis)
{
    for (int i = axis + 1; i < x->shape.rank && vector; i++)
        vector = cn_expand_dims(vector, -1);
    return vector;
}

static bool check_vector(const cn_tensor *vector, const cn_tensor *x, int axis, const char *name)
{
    int64_t have = vector->shape.rank == 1 ? vector->shape.dim[0] : -2, want = x->shape.dim[axis];
    return have == want || (have >= CN_ANY && (have < 0 || want < 0)) ||
           cn_fail(CN_EINVAL,
                   "cn_batch_norm: expected a %s as long as axis %d of %s, found shape %s", name,
                   axis, cn_shape_text(x->shape), cn_shape_text(vector->shape));
}

cn_tensor *cn_batch_norm(cn_tensor *x, cn_tensor *mean, cn_tensor *variance, int64_t axis,
                         cn_tensor *offset, cn_tensor *scale, double epsilon)
{
    int at;
    if (!x || !mean || !variance || !cn_axis(axis, x->shape.rank, &at, "cn_batch_norm") ||
        !check_vector(mean, x, at, "mean") || !check_vector(variance, x, at, "variance") ||
        (offset && !check_vector(offset, x, at, "offset")) ||
        (scale && !check_vector(scale, x, at, "scale")))
        return NULL;
    cn_tensor *factor = cn_rsqrt(cn_add(variance, epsilon));
    if (scale)
        factor = cn_mul(factor, scale);
    cn_tensor *shift = cn_neg(cn_mul(mean, factor));
    if (offset)
        shift = cn_add(shift, offset);
    return cn_add(cn_mul(x, stand(factor, x, at)), stand(shift, x, at));
}

cn_tensor *cn_l2_normalize(cn_tensor *x, int64_t axis, double epsilon)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, "cn_l2_normalize"))
        return NULL;
    cn_tensor *inverse = cn_rsqrt(cn_sum(cn_square(x), {at}, true));
    cn_tensor *y = cn_mul(x, cn_minimum(inverse, 1 / epsilon));
    return CN_FORMED(y, "Normalize", cn_list_of(x),
                     "\"axis\": %d, \"order\": 2, \"epsilon\": %.17g", at, epsilon);
}
