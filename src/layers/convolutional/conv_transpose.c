/* The gradient of a convolution with respect to its input, as a layer.  x (batch, spatial...,
 * channels), kernel (size..., filters, channels), bias (filters,).
 * keras.layers.Conv1DTranspose, Conv2DTranspose, Conv3DTranspose */
#include "layers/convolutional/windows.h"

CN_LAYER_STRUCT(conv_transpose, CN_CONV_TRANSPOSE, cn_tensor *kernel, *bias;)

static bool has_output_padding(const conv_transpose *self)
{
    return self->output_padding.d[0] != CN_UNSET;
}

static bool check_output_padding(conv_transpose *self)
{
    int n = cn_spatial_rank(self);
    if (!has_output_padding(self))
        return true;
    if (!cn_set_sizes(self, "output_padding", self->output_padding.d, n, 0))
        return false;
    for (int i = 0; i < n; i++)
        if (self->output_padding.d[i] >= self->strides.d[i])
            return cn_fail(CN_EINVAL,
                           "%s: `output_padding` must be strictly less than `strides` for all "
                           "dimensions. At dimension %d, `output_padding` is %lld but `strides` is "
                           "%lld",
                           cn_class_name(self), i, (long long)self->output_padding.d[i],
                           (long long)self->strides.d[i]);
    return true;
}

static bool init(conv_transpose *self)
{
    cn_conv_arguments arguments = {.kernel_size = &self->kernel_size,
                                   .strides = &self->strides,
                                   .dilation_rate = &self->dilation_rate,
                                   .padding = &self->padding,
                                   .data_format = &self->data_format};
    return cn_check_positive(self, "filters", self->filters) &&
           cn_set_conv_arguments(self, &arguments) && check_output_padding(self);
}

static bool read_config(cn_json *config)
{
    return cn_read_sizes(config, "output_padding");
}

static bool write_config(const conv_transpose *self, cn_json *config)
{
    return !has_output_padding(self) ||
           cn_write_sizes(config, "output_padding", self->output_padding.d, cn_spatial_rank(self));
}

static bool build(conv_transpose *self, const cn_shapes *in)
{
    int spatial = cn_spatial_rank(self);
    int64_t channels = cn_conv_channels(in->shape[0], spatial, self->data_format);
    if (channels < 0)
        return false;
    cn_shape shape = cn_kernel_shape(self->kernel_size, spatial, self->filters, channels);
    self->kernel = cn_add_weight_of(self, "kernel", "kernel", shape);
    if (self->use_bias)
        self->bias = cn_add_weight_of(self, "bias", "bias", cn_shape(self->filters));
    return self->kernel && (self->bias || !self->use_bias);
}

static cn_tensor *call(conv_transpose *self, const cn_inputs *in)
{
    int spatial = cn_spatial_rank(self);
    cn_window window = {.strides = self->strides,
                        .dilation = self->dilation_rate,
                        .padding = self->padding,
                        .data_format = self->data_format,
                        .has_output_padding = has_output_padding(self)};
    for (int i = 0; i < spatial && window.has_output_padding; i++)
        window.output_padding.d[i] = self->output_padding.d[i];
    if (!cn_conv_input(in->x[0]->shape, spatial, self->data_format,
                       self->kernel->shape.dim[spatial + 1]))
        return NULL;
    return cn_finish_conv(cn_conv_transpose(in->x[0], self->kernel, &window), self->bias,
                          self->data_format, self->activation);
}

#define CONV_TRANSPOSE(id, name, aliases)                                                         \
    CN_BUILTIN_LAYER_OF(conv_transpose, id, name, aliases, .init = init,                          \
                        .write_config = write_config, .read_config = read_config, .build = build, \
                        .call = call, .one_input = true, .ends_mask = true)
CONV_TRANSPOSE(conv1d_transpose, "Conv1DTranspose", "Convolution1DTranspose")
CONV_TRANSPOSE(conv2d_transpose, "Conv2DTranspose", "Convolution2DTranspose")
CONV_TRANSPOSE(conv3d_transpose, "Conv3DTranspose", "Convolution3DTranspose")
