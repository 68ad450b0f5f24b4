/* Mean 0 and variance 1 for each sample and group of channels.  gamma, beta (channels,).
 * keras.layers.GroupNormalization */
#include "layers/normalization/normalize.h"

CN_LAYER_STRUCT(group_normalization, CN_GROUP_NORMALIZATION, cn_tensor *gamma, *beta;)

static bool init(group_normalization *self)
{
    return self->groups > 0 || self->groups == -1 ||
           cn_fail(CN_EINVAL,
                   "GroupNormalization: expected groups > 0 (or -1 for instance normalization). "
                   "Received: groups=%d",
                   self->groups);
}

static bool build(group_normalization *self, const cn_shapes *in)
{
    cn_shape x = in->shape[0];
    int axis;
    if (!cn_expect_min_rank(x, 2) || !cn_axis(self->axis, x.rank, &axis, "axis"))
        return false;
    int64_t channels = cn_known_dim(x, axis);
    if (channels < 0)
        return false;
    if (self->groups == -1)
        self->groups = (int)channels;
    if (channels < self->groups)
        return cn_fail(CN_EINVAL,
                       "number of groups (%d) cannot be more than the number of channels (%lld)",
                       self->groups, (long long)channels);
    if (!self->groups || channels % self->groups)
        return cn_fail(CN_EINVAL, "number of groups (%d) must divide the number of channels (%lld)",
                       self->groups, (long long)channels);
    return cn_add_affine(self, cn_shape(channels), self->scale, self->center, &self->gamma,
                         &self->beta);
}

/* x's shape with (groups, channels / groups) in the place of the channels; `other` sizes are x's or
 * 1. */
static cn_shape grouped(const group_normalization *self, cn_shape x, int axis, bool ones)
{
    cn_shape shape = cn_same_dims(x.rank);
    for (int i = 0; ones && i < x.rank; i++)
        shape.dim[i] = 1;
    shape.dim[axis] = x.dim[axis] / self->groups;
    return cn_shape_insert(shape, axis, self->groups);
}

static cn_tensor *call(group_normalization *self, const cn_inputs *in)
{
    cn_shape shape = in->x[0]->shape;
    int axis;
    const cn_tensor *weight = self->gamma ? self->gamma : self->beta;
    if (!cn_expect_min_rank(shape, 2) || !cn_axis(self->axis, shape.rank, &axis, "axis") ||
        cn_known_dim(shape, axis) < 0 ||
        (weight && !cn_expect_dim(shape, axis, weight->shape.dim[0])))
        return NULL;
    if (shape.rank == CN_MAX_RANK || shape.dim[axis] % self->groups)
        return cn_fail_null(CN_EINVAL, "%d groups do not fit an input of shape %s", self->groups,
                            cn_shape_text(shape));
    cn_tensor *x = cn_regroup(cn_widen(in->x[0]), grouped(self, shape, axis, false));
    cn_axes axes = {{0}};
    for (int i = 1, n = 0; i <= shape.rank; i++)
        if (i != axis)
            axes.d[n++] = i;
    cn_tensor *mean = cn_mean(x, axes, true);
    cn_tensor *variance = cn_mean(cn_square(cn_sub(x, mean)), axes, true);
    cn_shape affine = grouped(self, shape, axis, true);
    cn_tensor *gamma = self->gamma ? cn_reshape(self->gamma, affine) : NULL;
    cn_tensor *beta = self->beta ? cn_reshape(self->beta, affine) : NULL;
    cn_tensor *y = cn_standardize(x, mean, variance, gamma, beta, self->epsilon);
    return cn_cast(cn_reshape_like(y, in->x[0]), cn_layer_dtype(self));
}

CN_BUILTIN_LAYER(group_normalization, "GroupNormalization", NULL, .init = init, .build = build,
                 .call = call, .one_input = true)
