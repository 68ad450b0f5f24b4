/* Each channel convolved with kernels of its own.  x (batch, spatial..., channels), kernel
 * (size..., channels, depth_multiplier), bias (channels * depth_multiplier,).
 * keras.layers.DepthwiseConv1D, DepthwiseConv2D */
#include "layers/convolutional/windows.h"

CN_LAYER_STRUCT(depthwise_conv, CN_DEPTHWISE_CONV, cn_tensor *kernel, *bias;)

static bool init(depthwise_conv *self)
{
    cn_conv_arguments arguments = {.kernel_size = &self->kernel_size,
                                   .strides = &self->strides,
                                   .dilation_rate = &self->dilation_rate,
                                   .padding = &self->padding,
                                   .data_format = &self->data_format};
    return cn_check_positive(self, "depth_multiplier", self->depth_multiplier) &&
           cn_set_conv_arguments(self, &arguments);
}

static cn_window window_of(const depthwise_conv *self)
{
    return (cn_window){.size = self->kernel_size,
                       .strides = self->strides,
                       .dilation = self->dilation_rate,
                       .padding = self->padding,
                       .data_format = self->data_format};
}

static bool build(depthwise_conv *self, const cn_shapes *in)
{
    int spatial = cn_spatial_rank(self);
    cn_window window = window_of(self);
    int64_t channels = cn_conv_channels(in->shape[0], spatial, self->data_format);
    if (channels < 0 || !cn_window_fits(in->shape[0], &window, "kernel_size"))
        return false;
    cn_shape shape = cn_kernel_shape(self->kernel_size, spatial, channels, self->depth_multiplier);
    self->kernel = cn_add_weight_of(self, "kernel", "depthwise", shape);
    if (self->use_bias)
        self->bias =
            cn_add_weight_of(self, "bias", "bias", cn_shape(channels * self->depth_multiplier));
    return self->kernel && (self->bias || !self->use_bias);
}

static cn_tensor *call(depthwise_conv *self, const cn_inputs *in)
{
    int spatial = cn_spatial_rank(self);
    cn_window window = window_of(self);
    cn_shape x = in->x[0]->shape;
    if (!cn_conv_input(x, spatial, self->data_format, self->kernel->shape.dim[spatial]) ||
        !cn_window_fits(x, &window, "kernel_size"))
        return NULL;
    return cn_finish_conv(cn_depthwise_conv(in->x[0], self->kernel, &window), self->bias,
                          self->data_format, self->activation);
}

#define DEPTHWISE_CONV(id, name)                                                      \
    CN_BUILTIN_LAYER_OF(depthwise_conv, id, name, NULL, .init = init, .build = build, \
                        .call = call, .one_input = true, .ends_mask = true)
DEPTHWISE_CONV(depthwise_conv1d, "DepthwiseConv1D")
DEPTHWISE_CONV(depthwise_conv2d, "DepthwiseConv2D")
