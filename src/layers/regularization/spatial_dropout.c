/* Dropout of whole channels: the mask is shared along the spatial axes.
 * keras.layers.SpatialDropout1D, SpatialDropout2D, SpatialDropout3D */
#include "layers/regularization/noise.h"

CN_LAYER_STRUCT(spatial_dropout1d, CN_SPATIAL_DROPOUT1D, )
CN_LAYER_STRUCT(spatial_dropout, CN_SPATIAL_DROPOUT, )

static bool init_rate(void *self, double rate)
{
    return cn_check_share(self, "rate", rate) && (rate == 0 || cn_add_seed(self));
}

static bool init1d(spatial_dropout1d *self)
{
    return init_rate(self, self->rate);
}

static bool init(spatial_dropout *self)
{
    return cn_set_data_format(self, &self->data_format) && init_rate(self, self->rate);
}

static cn_tensor *drop(void *self, const cn_inputs *in, double rate, cn_str data_format)
{
    cn_shape noise = in->x[0]->shape;
    int n = cn_spatial_rank(self);
    if (!cn_expect_rank(noise, n + 2))
        return NULL;
    for (int i = 0; i < n; i++)
        noise.dim[cn_first_spatial(data_format) + i] = 1;
    return in->training && rate > 0 ? cn_drop(self, in->x[0], rate, noise) : in->x[0];
}

static cn_tensor *call1d(spatial_dropout1d *self, const cn_inputs *in)
{
    return drop(self, in, self->rate, "channels_last");
}

static cn_tensor *call(spatial_dropout *self, const cn_inputs *in)
{
    return drop(self, in, self->rate, self->data_format);
}

/* Keras writes less of these than of other layers, and the dtype by its name. */
static bool write_plain(const cn_layer *self, cn_json *config)
{
    cn_json_free(cn_json_remove(config, "trainable"));
    return cn_json_set(config, "dtype", cn_json_string(self->dtype));
}

static bool write_config1d(const spatial_dropout1d *self, cn_json *config)
{
    return write_plain(&self->layer, config);
}

static bool write_config(const spatial_dropout *self, cn_json *config)
{
    return write_plain(&self->layer, config);
}

CN_BUILTIN_LAYER(spatial_dropout1d, "SpatialDropout1D", NULL, .init = init1d,
                 .write_config = write_config1d, .call = call1d, .one_input = true)
CN_BUILTIN_LAYER_OF(spatial_dropout, spatial_dropout2d, "SpatialDropout2D", NULL, .init = init,
                    .write_config = write_config, .call = call, .one_input = true)
CN_BUILTIN_LAYER_OF(spatial_dropout, spatial_dropout3d, "SpatialDropout3D", NULL, .init = init,
                    .write_config = write_config, .call = call, .one_input = true)
