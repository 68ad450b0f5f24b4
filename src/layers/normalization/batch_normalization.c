/* y = (x - mean) / sqrt(variance + epsilon) * gamma + beta for each feature along `axis`.  gamma,
 * beta, moving_mean, moving_variance (features,).  keras.layers.BatchNormalization */
#include "layers/normalization/normalize.h"

/* The last three are there where statistics of several steps are gathered: how many steps, and the
 * sums of d = mean - moving_mean and of variance + d * d. */
CN_LAYER_STRUCT(batch_normalization, CN_BATCH_NORMALIZATION, cn_tensor *gamma, *beta, *moving_mean,
                *moving_variance, *gathered, *shifts, *squares;)

static bool init(batch_normalization *self)
{
    if (self->steps_per_update < 1)
        return cn_fail(CN_EINVAL,
                       "BatchNormalization: expected steps_per_update > 0. Received: "
                       "steps_per_update=%d",
                       self->steps_per_update);
    return !self->renorm ||
           cn_fail(CN_EUNSUPPORTED, "not supported: BatchNormalization with renorm=True");
}

static bool axis_of(const batch_normalization *self, cn_shape x, int *axis)
{
    return cn_axis(self->axis, x.rank, axis, "axis");
}

static bool build(batch_normalization *self, const cn_shapes *in)
{
    int axis;
    if (!axis_of(self, in->shape[0], &axis))
        return false;
    int64_t features = cn_known_dim(in->shape[0], axis);
    if (features < 0 || !cn_add_affine(self, cn_shape(features), self->scale, self->center,
                                       &self->gamma, &self->beta))
        return false;
    self->moving_mean =
        cn_add_weight(self, "moving_mean", cn_shape(features),
                      .initializer = self->moving_mean_initializer, .trainable = false);
    self->moving_variance =
        cn_add_weight(self, "moving_variance", cn_shape(features),
                      .initializer = self->moving_variance_initializer, .trainable = false);
    if (!self->moving_mean || !self->moving_variance || self->steps_per_update == 1)
        return self->moving_mean && self->moving_variance;
    self->gathered = cn_add_hidden(self, "gathered", CN_SCALAR, CN_INT64);
    self->shifts = cn_add_hidden(self, "shifts", cn_shape(features), CN_FLOAT32);
    self->squares = cn_add_hidden(self, "squares", cn_shape(features), CN_FLOAT32);
    return self->gathered && self->shifts && self->squares;
}

typedef struct statistics {
    cn_tensor *mean, *variance; /* with x's rank, of size 1 along all axes but one */
} statistics;

/* Over the places that the mask leaves, which are counted. */
static statistics masked_moments(cn_tensor *x, cn_tensor *mask, cn_axes axes)
{
    mask = cn_broadcast_like(cn_cast(cn_expand_dims(mask, -1), CN_BOOL), x);
    cn_tensor *count = cn_add(cn_sum(cn_cast(mask, x->dtype), axes, true), cn_epsilon());
    cn_tensor *mean = cn_div(cn_sum(cn_select(mask, x, 0), axes, true), count);
    cn_tensor *square = cn_square(cn_select(mask, cn_sub(x, mean), 0));
    return (statistics){mean, cn_div(cn_sum(square, axes, true), count)};
}

static statistics moments(cn_tensor *x, cn_tensor *mask, int axis)
{
    cn_axes axes = cn_other_axes(x->shape.rank, axis);
    if (mask)
        return masked_moments(x, mask, axes);
    cn_tensor *mean = cn_mean(x, axes, true);
    return (statistics){mean, cn_mean(cn_square(cn_sub(x, mean)), axes, true)};
}

static bool follow(const batch_normalization *self, cn_tensor *moving, cn_tensor *batch)
{
    cn_tensor *kept = cn_mul(moving, self->momentum);
    cn_tensor *added = cn_mul(cn_reshape_like(batch, moving), 1 - self->momentum);
    return cn_assign(moving, cn_add(kept, added)) != NULL;
}

/* Takes a sum's next term in, or begins it anew where the row of steps ends. */
static bool gather(cn_tensor *sum, cn_tensor *next, cn_tensor *ends)
{
    return cn_assign(sum, cn_select(ends, 0, next)) != NULL;
}

/* Statistics of all the row's samples as if they were one batch: from d = mean - moving_mean of
 * each step their mean is moving_mean + mean(d), their variance mean(variance + d d) - mean(d)^2.
 */
static bool follow_rows(const batch_normalization *self, statistics batch)
{
    cn_tensor *mean = self->moving_mean, *variance = self->moving_variance;
    int k = self->steps_per_update;
    cn_tensor *count = cn_add(self->gathered, 1), *ends = cn_equal(count, k);
    cn_tensor *shift = cn_sub(cn_reshape_like(batch.mean, mean), mean);
    cn_tensor *square = cn_add(cn_reshape_like(batch.variance, variance), cn_square(shift));
    cn_tensor *shifts = cn_add(self->shifts, shift), *squares = cn_add(self->squares, square);
    cn_tensor *by = cn_div(shifts, k);
    cn_tensor *row_mean = cn_add(mean, by);
    cn_tensor *row_variance = cn_sub(cn_div(squares, k), cn_square(by));
    double m = self->momentum;
    cn_tensor *next_mean = cn_add(cn_mul(mean, m), cn_mul(row_mean, 1 - m));
    cn_tensor *next_variance = cn_add(cn_mul(variance, m), cn_mul(row_variance, 1 - m));
    return cn_assign(mean, cn_select(ends, next_mean, mean)) &&
           cn_assign(variance, cn_select(ends, next_variance, variance)) &&
           gather(self->shifts, shifts, ends) && gather(self->squares, squares, ends) &&
           gather(self->gathered, count, ends);
}

static bool follow_step(const batch_normalization *self, statistics batch)
{
    if (self->steps_per_update > 1)
        return follow_rows(self, batch);
    return follow(self, self->moving_mean, batch.mean) &&
           follow(self, self->moving_variance, batch.variance);
}

/* (features,) with x's rank. */
static cn_tensor *along(cn_tensor *weight, int rank, int axis)
{
    cn_shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++)
        shape.dim[i] = i == axis ? CN_ANY : 1;
    return weight ? cn_reshape(weight, shape) : NULL;
}

/* By statistics that are known beforehand, as TensorFlow computes it: one scale and one shift for
 * each feature, which a product before it can take in. */
static cn_tensor *by_moving(const batch_normalization *self, cn_tensor *x, int axis)
{
    int rank = x->shape.rank;
    cn_tensor *scale = cn_rsqrt(cn_add(self->moving_variance, self->epsilon));
    if (self->gamma)
        scale = cn_mul(scale, cn_cast(self->gamma, x->dtype));
    cn_tensor *shift = cn_neg(cn_mul(self->moving_mean, scale));
    if (self->beta)
        shift = cn_add(shift, cn_cast(self->beta, x->dtype));
    return cn_add(cn_mul(x, along(scale, rank, axis)), along(shift, rank, axis));
}

static cn_tensor *call(batch_normalization *self, const cn_inputs *in)
{
    cn_tensor *x = cn_widen(in->x[0]);
    int axis, rank = in->x[0]->shape.rank;
    if (!axis_of(self, in->x[0]->shape, &axis) ||
        !cn_expect_dim(in->x[0]->shape, axis, self->moving_mean->shape.dim[0]))
        return NULL;
    if (in->mask && in->mask->shape.rank != rank - 1)
        return cn_fail_null(CN_EINVAL,
                            "the mask provided should be one dimension less than the inputs. "
                            "Received: mask.shape=%s, inputs.shape=%s",
                            cn_shape_text(in->mask->shape), cn_shape_text(in->x[0]->shape));
    if (!in->training || !self->layer.trainable)
        return cn_cast(by_moving(self, x, axis), cn_layer_dtype(self));
    statistics s = moments(x, in->mask, axis);
    if (!follow_step(self, s))
        return NULL;
    cn_tensor *y = cn_standardize(x, s.mean, s.variance, along(self->gamma, rank, axis),
                                  along(self->beta, rank, axis), self->epsilon);
    return cn_cast(y, cn_layer_dtype(self));
}

CN_BUILTIN_LAYER(batch_normalization, "BatchNormalization", NULL, .init = init, .build = build,
                 .call = call, .one_input = true)
