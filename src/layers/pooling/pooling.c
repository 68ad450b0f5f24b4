/* The largest or the mean of each window.  x (batch, spatial..., channels).
 * keras.layers.MaxPooling1D, MaxPooling2D, MaxPooling3D, AveragePooling1D, AveragePooling2D,
 * AveragePooling3D */
#include "layers/convolutional/windows.h"

CN_LAYER_STRUCT(pooling, CN_POOLING, )

static bool init(pooling *self)
{
    int n = cn_spatial_rank(self);
    if (!cn_set_sizes(self, "pool_size", self->pool_size.d, n, 1))
        return false;
    if (!cn_dims_count(self->strides))
        self->strides = self->pool_size;
    return cn_set_sizes(self, "strides", self->strides.d, n, 1) &&
           cn_set_padding(self, &self->padding, false) &&
           cn_set_data_format(self, &self->data_format);
}

static bool window_over(const pooling *self, cn_shape x, cn_window *window)
{
    *window = (cn_window){.size = self->pool_size,
                          .strides = self->strides,
                          .padding = self->padding,
                          .data_format = self->data_format};
    return cn_expect_rank(x, cn_spatial_rank(self) + 2) && cn_window_fits(x, window, "pool_size");
}

static cn_tensor *call_max(pooling *self, const cn_inputs *in)
{
    cn_window window;
    return window_over(self, in->x[0]->shape, &window) ? cn_max_pool(in->x[0], &window) : NULL;
}

static cn_tensor *call_average(pooling *self, const cn_inputs *in)
{
    cn_window window;
    return window_over(self, in->x[0]->shape, &window) ? cn_average_pool(in->x[0], &window) : NULL;
}

#define POOLING(id, name, alias, call_)                                                           \
    CN_BUILTIN_LAYER_OF(pooling, id, name, alias, .init = init, .call = call_, .one_input = true, \
                        .ends_mask = true)
POOLING(max_pooling1d, "MaxPooling1D", "MaxPool1D", call_max)
POOLING(max_pooling2d, "MaxPooling2D", "MaxPool2D", call_max)
POOLING(max_pooling3d, "MaxPooling3D", "MaxPool3D", call_max)
POOLING(average_pooling1d, "AveragePooling1D", "AvgPool1D", call_average)
POOLING(average_pooling2d, "AveragePooling2D", "AvgPool2D", call_average)
POOLING(average_pooling3d, "AveragePooling3D", "AvgPool3D", call_average)
