/* x / its length along `axis`.  keras.layers.UnitNormalization */
#include "layers/normalization/normalize.h"

CN_LAYER_STRUCT(unit_normalization, CN_UNIT_NORMALIZATION, )

static bool init(unit_normalization *self)
{
    return cn_check_axes(self, "axis", self->axis);
}

/* Lengths below this are taken for it. */
#define SHORTEST 1e-12

static cn_tensor *call(unit_normalization *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    cn_tensor *inverse = cn_rsqrt(cn_sum(cn_square(x), self->axis, true));
    return cn_mul(x, cn_minimum(inverse, 1 / SHORTEST));
}

static bool write_config(const unit_normalization *self, cn_json *config)
{
    return cn_write_axis(config, "axis", self->axis);
}

CN_BUILTIN_LAYER(unit_normalization, "UnitNormalization", NULL, .init = init,
                 .write_config = write_config, .call = call, .one_input = true)
