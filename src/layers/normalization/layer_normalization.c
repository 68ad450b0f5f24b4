/* Each sample with mean 0 and variance 1 along `axis`.  gamma, beta: x's sizes along it.
 * keras.layers.LayerNormalization */
#include "layers/normalization/normalize.h"

CN_LAYER_STRUCT(layer_normalization, CN_LAYER_NORMALIZATION, cn_tensor *gamma, *beta;)

static bool init(layer_normalization *self)
{
    return cn_check_axes(self, "axis", self->axis);
}

static bool build(layer_normalization *self, const cn_shapes *in)
{
    cn_shape shape;
    cn_sort_axes(&self->axis);
    return cn_shape_along(in->shape[0], self->axis, &shape) &&
           cn_add_affine(self, shape, self->scale || self->rms_scaling,
                         self->center && !self->rms_scaling, &self->gamma, &self->beta);
}

/* Keras's rms_scaling divides by the deviation, but does not subtract the mean. */
static cn_tensor *call(layer_normalization *self, const cn_inputs *in)
{
    cn_tensor *x = cn_widen(in->x[0]);
    cn_shape shape = in->x[0]->shape;
    if (!cn_fits_weight(self->gamma ? self->gamma : self->beta, self->axis, shape))
        return NULL;
    cn_tensor *mean = cn_mean(x, self->axis, true);
    cn_tensor *variance = cn_mean(cn_square(cn_sub(x, mean)), self->axis, true);
    cn_tensor *gamma = self->gamma ? cn_spread(self->gamma, self->axis, shape) : NULL;
    cn_tensor *beta = self->beta ? cn_spread(self->beta, self->axis, shape) : NULL;
    cn_tensor *y =
        cn_standardize(x, self->rms_scaling ? NULL : mean, variance, gamma, beta, self->epsilon);
    return cn_cast(y, cn_layer_dtype(self));
}

/* A list once it is built, as in Keras. */
static bool write_config(const layer_normalization *self, cn_json *config)
{
    return cn_write_axes(config, &self->layer, self->axis);
}

CN_BUILTIN_LAYER(layer_normalization, "LayerNormalization", NULL, .init = init,
                 .write_config = write_config, .build = build, .call = call, .one_input = true)
