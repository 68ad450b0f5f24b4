/* Each place repeated along the spatial axes.  x (batch, spatial..., channels).
 * keras.layers.UpSampling1D, UpSampling2D, UpSampling3D */
#include <string.h>

#include "layers/arguments.h"
#include "ops/ops.h"
#include "ops/products.h"
#include "ops/movement/slice.h"

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
    static const char *const words[] = {"nearest", "bilinear", NULL};
    static const char *const others[] = {"bicubic", "lanczos3", "lanczos5", NULL};
    for (const char *const *other = others; *other; other++)
        if (self->interpolation && !strcmp(self->interpolation, *other))
            return cn_fail(CN_EUNSUPPORTED, "not supported: UpSampling2D's interpolation '%s'",
                           *other);
    return cn_set_sizes(self, "size", self->size.d, 2, 1) &&
           cn_set_data_format(self, &self->data_format) &&
           cn_check_word(self, "interpolation", &self->interpolation, words);
}

static bool init3d(up_sampling3d *self)
{
    return cn_set_sizes(self, "size", self->size.d, 3, 1) &&
           cn_set_data_format(self, &self->data_format);
}

/* Between the places of an axis, whose first and last go on: `factor` phases for each place, that
 * of phase j lying (j + 1/2) / factor - 1/2 from it. */
static cn_tensor *stretch(cn_tensor *x, int axis, int64_t factor)
{
    int64_t margin[CN_MAX_RANK] = {0};
    margin[axis] = 1;
    cn_tensor *wide = cn_pad(x, margin, margin, "edge", 0);
    cn_tensor *before = cn_slice_axis(wide, axis, 0, -2, 1);
    cn_tensor *after = cn_slice_axis(wide, axis, 2, CN_UNSET, 1);
    cn_list *phases = cn_list_new();
    for (int64_t j = 0; j < factor; j++) {
        double d = ((double)j + 0.5) / (double)factor - 0.5;
        cn_tensor *near = cn_mul(x, 1 - (d < 0 ? -d : d));
        cn_tensor *far = d < 0 ? cn_mul(before, -d) : cn_mul(after, d);
        if (!cn_list_add(phases, cn_add(near, far)))
            return NULL;
    }
    return cn_merge_axes(cn_stack(phases, axis + 1), axis, 2);
}

static cn_tensor *enlarge(const void *layer, cn_tensor *x, const int64_t *size, cn_str data_format,
                          bool linear)
{
    int n = cn_spatial_rank(layer);
    if (!cn_expect_rank(x->shape, n + 2))
        return NULL;
    for (int i = 0; i < n; i++) {
        int axis = cn_first_spatial(data_format) + i;
        x = linear ? stretch(x, axis, size[i]) : cn_repeat(x, size[i], axis);
    }
    return x;
}

static cn_tensor *call1d(up_sampling1d *self, const cn_inputs *in)
{
    return enlarge(self, in->x[0], (int64_t[]){self->size}, "channels_last", false);
}

static cn_tensor *call2d(up_sampling2d *self, const cn_inputs *in)
{
    return enlarge(self, in->x[0], self->size.d, self->data_format,
                   !strcmp(self->interpolation, "bilinear"));
}

static cn_tensor *call3d(up_sampling3d *self, const cn_inputs *in)
{
    return enlarge(self, in->x[0], self->size.d, self->data_format, false);
}

CN_BUILTIN_LAYER(up_sampling1d, "UpSampling1D", NULL, .init = init1d, .call = call1d,
                 .one_input = true, .ends_mask = true)
CN_BUILTIN_LAYER(up_sampling2d, "UpSampling2D", NULL, .init = init2d, .call = call2d,
                 .one_input = true, .ends_mask = true)
CN_BUILTIN_LAYER(up_sampling3d, "UpSampling3D", NULL, .init = init3d, .call = call3d,
                 .one_input = true, .ends_mask = true)
