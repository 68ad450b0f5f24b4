/* Images in another size.  x (batch, rows, columns, channels) or (rows, columns, channels).
 * keras.layers.Resizing */
#include "cornu/image.h"
#include "layers/arguments.h"
#include "ops/image/resize.h"

CN_LAYER_STRUCT(resizing, CN_RESIZING, )

static bool init(resizing *self)
{
    static const char *const modes[] = {"constant", NULL};
    if (self->height < 1 || self->width < 1)
        return cn_fail(CN_EINVAL,
                       "Resizing: expected height, width > 0. Received: height=%d, "
                       "width=%d",
                       self->height, self->width);
    if (self->crop_to_aspect_ratio && self->pad_to_aspect_ratio)
        return cn_fail(CN_EINVAL, "Resizing: only one of pad_to_aspect_ratio and "
                                  "crop_to_aspect_ratio can be true");
    return cn_set_data_format(self, &self->data_format) &&
           cn_check_word(self, "interpolation", &self->interpolation, cn_interpolations) &&
           cn_check_word(self, "fill_mode", &self->fill_mode, modes);
}

static cn_tensor *call(resizing *self, const cn_inputs *in)
{
    return cn_resize_images(in->x[0], {self->height, self->width},
                            .interpolation = self->interpolation, .antialias = self->antialias,
                            .crop_to_aspect_ratio = self->crop_to_aspect_ratio,
                            .pad_to_aspect_ratio = self->pad_to_aspect_ratio,
                            .fill_value = self->fill_value, .data_format = self->data_format);
}

CN_BUILTIN_LAYER(resizing, "Resizing", NULL, .init = init, .call = call, .one_input = true)
