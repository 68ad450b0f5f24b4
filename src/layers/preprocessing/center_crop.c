/* The middle of images.  x (batch, rows, columns, channels) or (rows, columns, channels).
 * keras.layers.CenterCrop */
#include <string.h>

#include "layers/arguments.h"
#include "ops/image/resize.h"

CN_LAYER_STRUCT(center_crop, CN_CENTER_CROP, )

static bool init(center_crop *self)
{
    return self->height > 0 && self->width > 0
               ? cn_set_data_format(self, &self->data_format)
               : cn_fail(CN_EINVAL,
                         "CenterCrop: expected height, width > 0. Received: height=%d, width=%d",
                         self->height, self->width);
}

/* Plainly cut where the sizes are known and suffice. */
static cn_tensor *cut(cn_tensor *x, const cn_resize_spec *spec)
{
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK];
    for (int i = 0; i < x->shape.rank; i++)
        size[i] = CN_ANY;
    for (int i = 0; i < 2; i++) {
        int64_t dim = x->shape.dim[spec->axis[i]];
        if (dim < spec->size[i])
            return NULL;
        start[spec->axis[i]] = (dim - spec->size[i]) / 2;
        size[spec->axis[i]] = spec->size[i];
    }
    return cn_strided_slice(x, start, size, NULL);
}

static cn_tensor *call(center_crop *self, const cn_inputs *in)
{
    cn_tensor *x = cn_cast(in->x[0], cn_layer_dtype(self));
    int rank = x ? x->shape.rank : 0;
    if (x && rank != 3 && !cn_expect_rank(x->shape, 4))
        return NULL;
    cn_resize_spec spec;
    memset(&spec, 0, sizeof spec);
    spec.size[0] = self->height;
    spec.size[1] = self->width;
    spec.axis[0] = rank - (cn_is_channels_first(self->data_format) ? 2 : 3);
    spec.axis[1] = spec.axis[0] + 1;
    spec.interpolation = cn_interpolation("bilinear");
    spec.fit = CN_FIT_CENTER;
    cn_tensor *y = x ? cut(x, &spec) : NULL;
    return y || cn_error_code() ? y : cn_resize_by(x, &spec, 0);
}

CN_BUILTIN_LAYER(center_crop, "CenterCrop", NULL, .init = init, .call = call, .one_input = true)
