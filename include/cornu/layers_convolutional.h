/* keras.layers: convolutional. See cornu/layers.h. */
#ifndef CORNU_LAYERS_CONVOLUTIONAL_H
#define CORNU_LAYERS_CONVOLUTIONAL_H

#include <cornu/layers_core.h>

/* The arguments of Conv1D, Conv2D and Conv3D. */
#define CN_CONV(P)                                                                             \
    P(int, filters, CN_REQUIRED, "number of output channels")                                  \
    P(cn_dims, kernel_size, CN_REQUIRED_SIZES, "size of the window; one number: for all axes") \
    P(cn_dims, strides, {{1}}, "how far the window moves")                                     \
    P(cn_str, padding, "valid", "\"valid\", \"same\", or \"causal\" (1-D)")                    \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")          \
    P(cn_dims, dilation_rate, {{1}}, "how far apart the window's places are")                  \
    P(int, groups, 1, "channels are split into so many groups, each with its own filters")     \
    P(cn_activation, activation, NULL, "activation; default: none")                            \
    CN_KERNEL_PARAMS_(P)
CN_OPTIONS(conv, CN_CONV, CN_LAYER_PARAMS)

/* (batch, steps, channels) -> (batch, new steps, filters); kernel (size..., channels / groups,
 * filters). keras.layers.Conv1D */
typedef cn_conv_options cn_conv1d_options;
CN_API cn_layer *cn_conv1d_new(const cn_conv1d_options *options);
#define cn_conv1d(...) CN_MAKE(conv1d, CN_CONV, __VA_ARGS__)

/* (batch, rows, columns, channels) -> (batch, new rows, columns, filters); kernel (size...,
 * channels / groups, filters). keras.layers.Conv2D */
typedef cn_conv_options cn_conv2d_options;
CN_API cn_layer *cn_conv2d_new(const cn_conv2d_options *options);
#define cn_conv2d(...) CN_MAKE(conv2d, CN_CONV, __VA_ARGS__)

/* (batch, depth, rows, columns, channels) -> (batch, new depth, rows, columns, filters);
 * kernel (size..., channels / groups, filters). keras.layers.Conv3D */
typedef cn_conv_options cn_conv3d_options;
CN_API cn_layer *cn_conv3d_new(const cn_conv3d_options *options);
#define cn_conv3d(...) CN_MAKE(conv3d, CN_CONV, __VA_ARGS__)

/* The arguments of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose (where Keras has
 * data_format before output_padding: name them). */
#define CN_CONV_TRANSPOSE(P)                                                                      \
    P(int, filters, CN_REQUIRED, "number of output channels")                                     \
    P(cn_dims, kernel_size, CN_REQUIRED_SIZES, "size of the window; one number: for all axes")    \
    P(cn_dims, strides, {{1}}, "how far the window moves")                                        \
    P(cn_str, padding, "valid", "\"valid\" or \"same\"")                                          \
    P(cn_axes, output_padding, CN_ALL_AXES, "more places at the end; default: as the size needs") \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")             \
    P(cn_dims, dilation_rate, {{1}}, "how far apart the window's places are")                     \
    P(cn_activation, activation, NULL, "activation; default: none")                               \
    CN_KERNEL_PARAMS_(P)
CN_OPTIONS(conv_transpose, CN_CONV_TRANSPOSE, CN_LAYER_PARAMS)

/* (batch, steps, channels) -> (batch, larger steps, filters); kernel (size..., filters,
 * channels). keras.layers.Conv1DTranspose */
typedef cn_conv_transpose_options cn_conv1d_transpose_options;
CN_API cn_layer *cn_conv1d_transpose_new(const cn_conv1d_transpose_options *options);
#define cn_conv1d_transpose(...) CN_MAKE(conv1d_transpose, CN_CONV_TRANSPOSE, __VA_ARGS__)

/* (batch, rows, columns, channels) -> (batch, larger rows, columns, filters); kernel (size...,
 * filters, channels). keras.layers.Conv2DTranspose */
typedef cn_conv_transpose_options cn_conv2d_transpose_options;
CN_API cn_layer *cn_conv2d_transpose_new(const cn_conv2d_transpose_options *options);
#define cn_conv2d_transpose(...) CN_MAKE(conv2d_transpose, CN_CONV_TRANSPOSE, __VA_ARGS__)

/* (batch, depth, rows, columns, channels) -> (batch, larger depth, rows, columns, filters);
 * kernel (size..., filters, channels). keras.layers.Conv3DTranspose */
typedef cn_conv_transpose_options cn_conv3d_transpose_options;
CN_API cn_layer *cn_conv3d_transpose_new(const cn_conv3d_transpose_options *options);
#define cn_conv3d_transpose(...) CN_MAKE(conv3d_transpose, CN_CONV_TRANSPOSE, __VA_ARGS__)

/* The arguments of DepthwiseConv1D and DepthwiseConv2D. */
#define CN_DEPTHWISE_CONV(P)                                                                   \
    P(cn_dims, kernel_size, CN_REQUIRED_SIZES, "size of the window; one number: for all axes") \
    P(cn_dims, strides, {{1}}, "how far the window moves")                                     \
    P(cn_str, padding, "valid", "\"valid\" or \"same\"")                                       \
    P(int, depth_multiplier, 1, "output channels for each input channel")                      \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")          \
    P(cn_dims, dilation_rate, {{1}}, "how far apart the window's places are")                  \
    P(cn_activation, activation, NULL, "activation; default: none")                            \
    P(bool, use_bias, true, "add a bias vector")                                               \
    P(cn_initializer, depthwise_initializer, "glorot_uniform", "how the kernel starts")        \
    P(cn_initializer, bias_initializer, "zeros", "how the bias starts")                        \
    P(cn_regularizer, depthwise_regularizer, NULL, "penalty for the kernel")                   \
    P(cn_regularizer, bias_regularizer, NULL, "penalty for the bias")                          \
    P(cn_regularizer, activity_regularizer, NULL, "penalty for the output")                    \
    P(cn_constraint, depthwise_constraint, NULL, "what the kernel must satisfy")               \
    P(cn_constraint, bias_constraint, NULL, "what the bias must satisfy")
CN_OPTIONS(depthwise_conv, CN_DEPTHWISE_CONV, CN_LAYER_PARAMS)

/* (batch, steps, channels) -> (batch, new steps, channels * depth_multiplier); kernel
 * (size..., channels, depth_multiplier). keras.layers.DepthwiseConv1D */
typedef cn_depthwise_conv_options cn_depthwise_conv1d_options;
CN_API cn_layer *cn_depthwise_conv1d_new(const cn_depthwise_conv1d_options *options);
#define cn_depthwise_conv1d(...) CN_MAKE(depthwise_conv1d, CN_DEPTHWISE_CONV, __VA_ARGS__)

/* (batch, rows, columns, channels) -> (batch, new rows, columns, channels * depth_multiplier);
 * kernel (size..., channels, depth_multiplier). keras.layers.DepthwiseConv2D */
typedef cn_depthwise_conv_options cn_depthwise_conv2d_options;
CN_API cn_layer *cn_depthwise_conv2d_new(const cn_depthwise_conv2d_options *options);
#define cn_depthwise_conv2d(...) CN_MAKE(depthwise_conv2d, CN_DEPTHWISE_CONV, __VA_ARGS__)

/* The arguments of SeparableConv1D and SeparableConv2D. */
#define CN_SEPARABLE_CONV(P)                                                                   \
    P(int, filters, CN_REQUIRED, "number of output channels")                                  \
    P(cn_dims, kernel_size, CN_REQUIRED_SIZES, "size of the window; one number: for all axes") \
    P(cn_dims, strides, {{1}}, "how far the window moves")                                     \
    P(cn_str, padding, "valid", "\"valid\", \"same\", or \"causal\" (1-D)")                    \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")          \
    P(cn_dims, dilation_rate, {{1}}, "how far apart the window's places are")                  \
    P(int, depth_multiplier, 1, "channels between for each input channel")                     \
    P(cn_activation, activation, NULL, "activation; default: none")                            \
    P(bool, use_bias, true, "add a bias vector")                                               \
    P(cn_initializer, depthwise_initializer, "glorot_uniform", "how the first kernel starts")  \
    P(cn_initializer, pointwise_initializer, "glorot_uniform", "how the second kernel starts") \
    P(cn_initializer, bias_initializer, "zeros", "how the bias starts")                        \
    P(cn_regularizer, depthwise_regularizer, NULL, "penalty for the first kernel")             \
    P(cn_regularizer, pointwise_regularizer, NULL, "penalty for the second kernel")            \
    P(cn_regularizer, bias_regularizer, NULL, "penalty for the bias")                          \
    P(cn_regularizer, activity_regularizer, NULL, "penalty for the output")                    \
    P(cn_constraint, depthwise_constraint, NULL, "what the first kernel must satisfy")         \
    P(cn_constraint, pointwise_constraint, NULL, "what the second kernel must satisfy")        \
    P(cn_constraint, bias_constraint, NULL, "what the bias must satisfy")
CN_OPTIONS(separable_conv, CN_SEPARABLE_CONV, CN_LAYER_PARAMS)

/* (batch, steps, channels) -> (batch, new steps, filters): a depthwise convolution, kernel
 * (size..., channels, depth_multiplier), then one of size 1, kernel (1..., channels *
 * depth_multiplier, filters). keras.layers.SeparableConv1D */
typedef cn_separable_conv_options cn_separable_conv1d_options;
CN_API cn_layer *cn_separable_conv1d_new(const cn_separable_conv1d_options *options);
#define cn_separable_conv1d(...) CN_MAKE(separable_conv1d, CN_SEPARABLE_CONV, __VA_ARGS__)

/* (batch, rows, columns, channels) -> (batch, new rows, columns, filters): a depthwise
 * convolution, kernel (size..., channels, depth_multiplier), then one of size 1, kernel (1...,
 * channels * depth_multiplier, filters). keras.layers.SeparableConv2D */
typedef cn_separable_conv_options cn_separable_conv2d_options;
CN_API cn_layer *cn_separable_conv2d_new(const cn_separable_conv2d_options *options);
#define cn_separable_conv2d(...) CN_MAKE(separable_conv2d, CN_SEPARABLE_CONV, __VA_ARGS__)

#endif
