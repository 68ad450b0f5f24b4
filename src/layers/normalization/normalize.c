#include "layers/normalization/normalize.h"

cn_tensor *cn_widen(cn_tensor *x)
{
    return x && x->dtype == CN_FLOAT64 ? x : cn_cast(x, CN_FLOAT32);
}

cn_tensor *cn_standardize(cn_tensor *x, cn_tensor *mean, cn_tensor *variance, cn_tensor *gamma,
                          cn_tensor *beta, double epsilon)
{
    cn_tensor *factor = cn_rsqrt(cn_add(variance, epsilon));
    if (gamma)
        factor = cn_mul(factor, cn_cast(gamma, x->dtype));
    if (mean)
        x = cn_sub(x, mean);
    cn_tensor *y = cn_mul(x, factor);
    return beta ? cn_add(y, cn_cast(beta, x ? x->dtype : CN_FLOAT32)) : y;
}

cn_axes cn_other_axes(int rank, int axis)
{
    cn_axes axes = {{0}};
    for (int i = 0, n = 0; i < rank; i++)
        if (i != axis)
            axes.d[n++] = i;
    return axes;
}

bool cn_add_affine_(void *layer, const cn_shape *shape, bool scale, bool center, cn_tensor **gamma,
                    cn_tensor **beta)
{
    if (scale)
        *gamma = cn_add_weight_of(layer, "gamma", "gamma", *shape);
    if (center)
        *beta = cn_add_weight_of(layer, "beta", "beta", *shape);
    return (*gamma || !scale) && (*beta || !center);
}

void cn_sort_axes(cn_axes *axes)
{
    int n = cn_axes_count(*axes);
    for (int i = 1; i < n; i++)
        for (int k = i; k && axes->d[k - 1] > axes->d[k]; k--) {
            int64_t axis = axes->d[k];
            axes->d[k] = axes->d[k - 1];
            axes->d[k - 1] = axis;
        }
}

bool cn_shape_along(cn_shape x, cn_axes axes, cn_shape *along)
{
    unsigned mask;
    if (!cn_axes_mask(axes, x.rank, &mask, "axis"))
        return false;
    along->rank = cn_axes_count(axes);
    for (int i = 0; i < along->rank; i++) {
        int axis = (int)(axes.d[i] < 0 ? axes.d[i] + x.rank : axes.d[i]);
        if ((along->dim[i] = cn_known_dim(x, axis)) < 0)
            return false;
    }
    return true;
}

cn_tensor *cn_spread(cn_tensor *weight, cn_axes axes, cn_shape x)
{
    cn_shape shape = {.rank = x.rank};
    for (int i = 0; i < x.rank; i++)
        shape.dim[i] = 1;
    for (int i = 0; weight && i < weight->shape.rank; i++) {
        int axis = (int)(axes.d[i] < 0 ? axes.d[i] + x.rank : axes.d[i]);
        shape.dim[axis] = weight->shape.dim[i];
    }
    return cn_reshape(weight, shape);
}

bool cn_fits_weight(const cn_tensor *weight, cn_axes axes, cn_shape x)
{
    unsigned mask;
    if (!cn_axes_mask(axes, x.rank, &mask, "axis"))
        return false;
    for (int i = 0; weight && i < weight->shape.rank; i++) {
        int axis = (int)(axes.d[i] < 0 ? axes.d[i] + x.rank : axes.d[i]);
        if (!cn_expect_dim(x, axis, weight->shape.dim[i]))
            return false;
    }
    return true;
}

bool cn_write_axes(cn_json *config, const cn_layer *layer, cn_axes axes)
{
    return layer->built ? cn_write_sizes(config, "axis", axes.d, cn_axes_count(axes))
                        : cn_write_axis(config, "axis", axes);
}
