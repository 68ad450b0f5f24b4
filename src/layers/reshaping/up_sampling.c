/* Each place repeated along the spatial axes, or images resized.  x (batch, spatial..., channels).
 * keras.layers.UpSampling1D, UpSampling2D, UpSampling3D */
#include <string.h>

#include "layers/arguments.h"
#include "ops/image/resize.h"

CN_LAYER_STRUCT(up_sampling1d, CN_UP_SAMPLING1D, )
CN_LAYER_STRUCT(up_sampling2d, CN_UP_SAMPLING2D, )
CN_LAYER_STRUCT(up_sampling3d, CN_UP_SAMPLING3D, )

static bool init1d(up_sampling1d *self)
{
    return self->size > 0 ||
           cn_fail(CN_EINVAL, "UpSampling1D: expected size > 0. Received: size=%d", self->size);
}

static bool init2d(up_sampling2d *self)
{
    return cn_set_sizes(self, "size", self->size.d, 2, 1) &&
           cn_set_data_format(self, &self->data_format) &&
           cn_check_word(self, "interpolation", &self->interpolation, cn_interpolations);
}

static bool init3d(up_sampling3d *self)
{
    return cn_set_sizes(self, "size", self->size.d, 3, 1) &&
           cn_set_data_format(self, &self->data_format);
}

static bool check(const void *layer, const cn_tensor *x)
{
    return cn_expect_rank(x->shape, cn_spatial_rank(layer) + 2);
}

static cn_tensor *enlarge(const void *layer, cn_tensor *x, const int64_t *size, cn_str data_format)
{
    if (!check(layer, x))
        return NULL;
    for (int i = 0; i < cn_spatial_rank(layer); i++)
        x = cn_repeat(x, size[i], cn_first_spatial(data_format) + i);
    return x;
}

static cn_tensor *call1d(up_sampling1d *self, const cn_inputs *in)
{
    return enlarge(self, in->x[0], (int64_t[]){self->size}, "channels_last");
}

static cn_tensor *call2d(up_sampling2d *self, const cn_inputs *in)
{
    if (!strcmp(self->interpolation, "nearest"))
        return enlarge(self, in->x[0], self->size.d, self->data_format);
    if (!check(self, in->x[0]))
        return NULL;
    cn_resize_spec spec;
    memset(&spec, 0, sizeof spec);
    for (int i = 0; i < 2; i++) {
        spec.size[i] = self->size.d[i];
        spec.axis[i] = cn_first_spatial(self->data_format) + i;
    }
    spec.factors = true;
    spec.interpolation = cn_interpolation(self->interpolation);
    return cn_resize_by(in->x[0], &spec, 0);
}

static cn_tensor *call3d(up_sampling3d *self, const cn_inputs *in)
{
    return enlarge(self, in->x[0], self->size.d, self->data_format);
}

CN_BUILTIN_LAYER(up_sampling1d, "UpSampling1D", NULL, .init = init1d, .call = call1d,
                 .one_input = true, .ends_mask = true)
CN_BUILTIN_LAYER(up_sampling2d, "UpSampling2D", NULL, .init = init2d, .call = call2d,
                 .one_input = true, .ends_mask = true)
CN_BUILTIN_LAYER(up_sampling3d, "UpSampling3D", NULL, .init = init3d, .call = call3d,
                 .one_input = true, .ends_mask = true)
