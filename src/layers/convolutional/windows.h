/* What the convolutional layers share. */
#ifndef CN_LAYERS_CONVOLUTIONAL_WINDOWS_H
#define CN_LAYERS_CONVOLUTIONAL_WINDOWS_H

#include "layers/arguments.h"
#include "ops/ops.h"

/* The arguments of a convolution, by reference. */
typedef struct cn_conv_arguments {
    cn_dims *kernel_size, *strides, *dilation_rate;
    cn_str *padding, *data_format;
    bool causal; /* padding may be "causal" */
} cn_conv_arguments;

/* Completes and checks them, for init. */
bool cn_set_conv_arguments(void *layer, const cn_conv_arguments *a);
/* `value` > 0. */
bool cn_check_positive(const void *layer, const char *name, int value);
/* The channels of an input of that many spatial axes; -1 with an error recorded. */
#define cn_conv_channels(x, spatial, data_format) \
    cn_conv_channels_(CN_SHAPE_(x), spatial, data_format)
int64_t cn_conv_channels_(const cn_shape *x, int spatial, cn_str data_format);
/* An input for a built layer: its rank, and its channels. */
#define cn_conv_input(x, spatial, data_format, channels) \
    cn_conv_input_(CN_SHAPE_(x), spatial, data_format, channels)
bool cn_conv_input_(const cn_shape *x, int spatial, cn_str data_format, int64_t channels);
/* The windows fit into the input; else Keras's message. */
#define cn_window_fits(x, window, size_name) cn_window_fits_(CN_SHAPE_(x), window, size_name)
bool cn_window_fits_(const cn_shape *x, const cn_window *window, const char *size_name);
/* kernel_size..., inner, outer. */
cn_shape cn_kernel_shape(cn_dims kernel_size, int spatial, int64_t inner, int64_t outer);
/* activation(y + bias), where bias may be NULL and stands along the channels. */
cn_tensor *cn_finish_conv(cn_tensor *y, cn_tensor *bias, cn_str data_format, cn_str activation);

#endif
