/* A depthwise convolution, then one of size 1 over all channels.  x (batch, spatial..., channels),
 * depthwise_kernel (size..., channels, depth_multiplier), pointwise_kernel (1..., channels *
 * depth_multiplier, filters), bias (filters,).  keras.layers.SeparableConv1D, SeparableConv2D */
#include <string.h>

#include "layers/convolutional/windows.h"

CN_LAYER_STRUCT(separable_conv, CN_SEPARABLE_CONV, cn_tensor *depthwise_kernel, *pointwise_kernel,
                *bias;)

static bool init(separable_conv *self)
{
    cn_conv_arguments arguments = {.kernel_size = &self->kernel_size,
                                   .strides = &self->strides,
                                   .dilation_rate = &self->dilation_rate,
                                   .padding = &self->padding,
                                   .data_format = &self->data_format,
                                   .causal = cn_spatial_rank(self) == 1};
    return cn_check_positive(self, "filters", self->filters) &&
           cn_check_positive(self, "depth_multiplier", self->depth_multiplier) &&
           cn_set_conv_arguments(self, &arguments);
}

static cn_window window_of(const separable_conv *self)
{
    return (cn_window){.size = self->kernel_size,
                       .strides = self->strides,
                       .dilation = self->dilation_rate,
                       .padding = self->padding,
                       .data_format = self->data_format};
}

static bool add_kernels(separable_conv *self, int64_t channels)
{
    int spatial = cn_spatial_rank(self);
    cn_dims ones = {{1, 1, 1}};
    cn_shape depthwise =
        cn_kernel_shape(self->kernel_size, spatial, channels, self->depth_multiplier);
    cn_shape pointwise =
        cn_kernel_shape(ones, spatial, channels * self->depth_multiplier, self->filters);
    self->depthwise_kernel = cn_add_weight_of(self, "depthwise_kernel", "depthwise", depthwise);
    self->pointwise_kernel = cn_add_weight_of(self, "pointwise_kernel", "pointwise", pointwise);
    return self->depthwise_kernel && self->pointwise_kernel;
}

static bool build(separable_conv *self, const cn_shapes *in)
{
    cn_window window = window_of(self);
    int64_t channels = cn_conv_channels(in->shape[0], cn_spatial_rank(self), self->data_format);
    if (channels < 0 || !cn_window_fits(in->shape[0], &window, "kernel_size") ||
        !add_kernels(self, channels))
        return false;
    if (self->use_bias)
        self->bias = cn_add_weight_of(self, "bias", "bias", cn_shape(self->filters));
    return self->bias || !self->use_bias;
}

/* Causal: as many steps before the first as the window reaches back. */
static cn_tensor *pad_causal(const separable_conv *self, cn_tensor *x, cn_window *window)
{
    int64_t before[3] = {0}, after[3] = {0};
    before[cn_first_spatial(self->data_format)] =
        self->dilation_rate.d[0] * (self->kernel_size.d[0] - 1);
    window->padding = "valid";
    return cn_pad(x, before, after, "constant", 0);
}

static cn_tensor *call(separable_conv *self, const cn_inputs *in)
{
    int spatial = cn_spatial_rank(self);
    cn_window window = window_of(self), point = {.data_format = self->data_format};
    cn_tensor *x = in->x[0];
    if (!cn_conv_input(x->shape, spatial, self->data_format,
                       self->depthwise_kernel->shape.dim[spatial]) ||
        !cn_window_fits(x->shape, &window, "kernel_size"))
        return NULL;
    if (!strcmp(self->padding, "causal"))
        x = pad_causal(self, x, &window);
    cn_tensor *y = cn_depthwise_conv(x, self->depthwise_kernel, &window);
    y = cn_conv(y, self->pointwise_kernel, &point);
    return cn_finish_conv(y, self->bias, self->data_format, self->activation);
}

#define SEPARABLE_CONV(id, name, aliases)                                                \
    CN_BUILTIN_LAYER_OF(separable_conv, id, name, aliases, .init = init, .build = build, \
                        .call = call, .one_input = true, .ends_mask = true)
SEPARABLE_CONV(separable_conv1d, "SeparableConv1D", "SeparableConvolution1D")
SEPARABLE_CONV(separable_conv2d, "SeparableConv2D", "SeparableConvolution2D")
