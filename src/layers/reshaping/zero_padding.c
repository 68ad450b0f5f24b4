/* Zeros around the spatial axes.  x (batch, spatial..., channels).
 * keras.layers.ZeroPadding1D, ZeroPadding2D, ZeroPadding3D */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(zero_padding, CN_ZERO_PADDING, )

static bool init(zero_padding *self)
{
    return cn_set_margins(self, "padding", &self->padding, cn_spatial_rank(self)) &&
           cn_set_data_format(self, &self->data_format);
}

static bool read_config(cn_json *config)
{
    return cn_read_sizes(config, "padding");
}

static bool write_config(const zero_padding *self, cn_json *config)
{
    return cn_write_margins(config, "padding", &self->padding, cn_spatial_rank(self));
}

static cn_tensor *call(zero_padding *self, const cn_inputs *in)
{
    int n = cn_spatial_rank(self), first = cn_first_spatial(self->data_format);
    int64_t before[CN_MAX_RANK] = {0}, after[CN_MAX_RANK] = {0};
    for (int i = 0; i < n; i++) {
        before[first + i] = self->padding.d[2 * i];
        after[first + i] = self->padding.d[2 * i + 1];
    }
    if (!cn_expect_rank(in->x[0]->shape, n + 2))
        return NULL;
    return cn_pad(in->x[0], before, after, "constant", 0);
}

#define ZERO_PADDING(id, name)                                                                    \
    CN_BUILTIN_LAYER_OF(zero_padding, id, name, NULL, .init = init, .write_config = write_config, \
                        .read_config = read_config, .call = call, .one_input = true,              \
                        .ends_mask = true)
ZERO_PADDING(zero_padding1d, "ZeroPadding1D")
ZERO_PADDING(zero_padding2d, "ZeroPadding2D")
ZERO_PADDING(zero_padding3d, "ZeroPadding3D")
