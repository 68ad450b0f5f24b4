/* y = activation(x convolved with kernel + bias).  x (batch, spatial..., channels), kernel
 * (size..., channels / groups, filters), bias (filters,).  keras.layers.Conv1D, Conv2D, Conv3D */
#include "layers/convolutional/windows.h"

CN_LAYER_STRUCT(conv, CN_CONV, cn_tensor *kernel, *bias;)

static bool init(conv *self)
{
    if (!cn_check_positive(self, "filters", self->filters) ||
        !cn_check_positive(self, "groups", self->groups))
        return false;
    if (self->filters % self->groups)
        return cn_fail(CN_EINVAL,
                       "%s: the number of filters must be evenly divisible by the number of "
                       "groups. Received: groups=%d, filters=%d",
                       cn_class_name(self), self->groups, self->filters);
    cn_conv_arguments arguments = {.kernel_size = &self->kernel_size,
                                   .strides = &self->strides,
                                   .dilation_rate = &self->dilation_rate,
                                   .padding = &self->padding,
                                   .data_format = &self->data_format,
                                   .causal = cn_spatial_rank(self) == 1};
    return cn_set_conv_arguments(self, &arguments);
}

static cn_window window_of(const conv *self)
{
    return (cn_window){.size = self->kernel_size,
                       .strides = self->strides,
                       .dilation = self->dilation_rate,
                       .groups = self->groups,
                       .padding = self->padding,
                       .data_format = self->data_format};
}

static bool build(conv *self, const cn_shapes *in)
{
    int spatial = cn_spatial_rank(self);
    cn_window window = window_of(self);
    int64_t channels = cn_conv_channels(in->shape[0], spatial, self->data_format);
    if (channels < 0 || !cn_window_fits(in->shape[0], &window, "kernel_size"))
        return false;
    if (channels % self->groups)
        return cn_fail(CN_EINVAL,
                       "the number of input channels must be evenly divisible by the number of "
                       "groups. Received: groups=%d, but the input has %lld channels (full input "
                       "shape is %s)",
                       self->groups, (long long)channels, cn_shape_text(in->shape[0]));
    cn_shape shape =
        cn_kernel_shape(self->kernel_size, spatial, channels / self->groups, self->filters);
    self->kernel = cn_add_weight_of(self, "kernel", "kernel", shape);
    if (self->use_bias)
        self->bias = cn_add_weight_of(self, "bias", "bias", cn_shape(self->filters));
    return self->kernel && (self->bias || !self->use_bias);
}

static cn_tensor *call(conv *self, const cn_inputs *in)
{
    int spatial = cn_spatial_rank(self);
    cn_window window = window_of(self);
    cn_shape x = in->x[0]->shape;
    int64_t channels = self->kernel->shape.dim[spatial] * self->groups;
    if (!cn_conv_input(x, spatial, self->data_format, channels) ||
        !cn_window_fits(x, &window, "kernel_size"))
        return NULL;
    return cn_finish_conv(cn_conv(in->x[0], self->kernel, &window), self->bias, self->data_format,
                          self->activation);
}

#define CONV(id, name, aliases)                                                              \
    CN_BUILTIN_LAYER_OF(conv, id, name, aliases, .init = init, .build = build, .call = call, \
                        .one_input = true, .ends_mask = true)
CONV(conv1d, "Conv1D", "Convolution1D")
CONV(conv2d, "Conv2D", "Convolution2D")
CONV(conv3d, "Conv3D", "Convolution3D")
