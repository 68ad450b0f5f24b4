/* x / sqrt(mean of x * x + epsilon) * scale along `axis`.  scale: x's sizes along it.
 * keras.layers.RMSNormalization */
#include "layers/normalization/normalize.h"

CN_LAYER_STRUCT(rms_normalization, CN_RMS_NORMALIZATION, cn_tensor *scale;)

static bool init(rms_normalization *self)
{
    return cn_check_axes(self, "axis", self->axis);
}

static bool build(rms_normalization *self, const cn_shapes *in)
{
    cn_shape shape;
    cn_sort_axes(&self->axis);
    if (!cn_shape_along(in->shape[0], self->axis, &shape))
        return false;
    self->scale = cn_add_weight(self, "scale", shape, .initializer = "ones");
    return self->scale != NULL;
}

static cn_tensor *call(rms_normalization *self, const cn_inputs *in)
{
    cn_shape shape = in->x[0]->shape;
    if (!cn_fits_weight(self->scale, self->axis, shape))
        return NULL;
    cn_tensor *x = cn_widen(in->x[0]), *scale = cn_spread(self->scale, self->axis, shape);
    cn_tensor *square = cn_mean(cn_square(x), self->axis, true);
    cn_tensor *y = cn_standardize(x, NULL, square, scale, NULL, self->epsilon);
    return cn_cast(y, cn_layer_dtype(self));
}

static bool write_config(const rms_normalization *self, cn_json *config)
{
    return cn_write_axes(config, &self->layer, self->axis);
}

CN_BUILTIN_LAYER(rms_normalization, "RMSNormalization", NULL, .init = init,
                 .write_config = write_config, .build = build, .call = call, .one_input = true,
                 .ends_mask = true)
