/* (batch, steps, channels) -> (batch, fewer steps, channels).  keras.layers.Cropping1D */
#include "layers/reshaping/cropping.h"

CN_LAYER_STRUCT(cropping1d, CN_CROPPING1D, )

static bool init(cropping1d *self)
{
    return cn_set_margins(self, "cropping", &self->cropping, 1);
}

static bool read_config(cn_json *config)
{
    return cn_read_sizes(config, "cropping");
}

static bool write_config(const cropping1d *self, cn_json *config)
{
    return cn_write_margins(config, "cropping", &self->cropping, 1);
}

static cn_tensor *call(cropping1d *self, const cn_inputs *in)
{
    return cn_crop(self, in->x[0], &self->cropping, "channels_last");
}

CN_BUILTIN_LAYER(cropping1d, "Cropping1D", NULL, .init = init, .write_config = write_config,
                 .read_config = read_config, .call = call, .one_input = true, .ends_mask = true)
