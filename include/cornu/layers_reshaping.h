/* keras.layers: reshaping. See cornu/layers.h. */
#ifndef CORNU_LAYERS_RESHAPING_H
#define CORNU_LAYERS_RESHAPING_H

#include <cornu/layer.h>

#define CN_FLATTEN(P) \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, a, b, ...) -> (batch, a * b * ...); (batch) -> (batch, 1). keras.layers.Flatten */
CN_OPTIONS(flatten, CN_FLATTEN, CN_LAYER_PARAMS)
CN_API cn_layer *cn_flatten_new(const cn_flatten_options *options);
#define cn_flatten(...) CN_MAKE(flatten, CN_FLATTEN, __VA_ARGS__)

#define CN_RESHAPE_LAYER(P)                     \
    P(cn_dims, target_shape, CN_REQUIRED_SIZES, \
      "the new shape without the batch; one size may be -1")
/* (batch, ...) -> (batch, target_shape...). keras.layers.Reshape */
CN_OPTIONS(reshape_layer, CN_RESHAPE_LAYER, CN_LAYER_PARAMS)
CN_API cn_layer *cn_reshape_layer_new(const cn_reshape_layer_options *options);
#define cn_reshape_layer(...) CN_MAKE(reshape_layer, CN_RESHAPE_LAYER, __VA_ARGS__)

#define CN_PERMUTE(P) \
    P(cn_dims, dims, CN_REQUIRED_SIZES, "the order of the axes, counted from 1: {2, 1}")
/* (batch, a, b, ...) -> (batch, the others in that order). keras.layers.Permute */
CN_OPTIONS(permute, CN_PERMUTE, CN_LAYER_PARAMS)
CN_API cn_layer *cn_permute_new(const cn_permute_options *options);
#define cn_permute(...) CN_MAKE(permute, CN_PERMUTE, __VA_ARGS__)

#define CN_REPEAT_VECTOR(P) P(int, n, CN_REQUIRED, "how often")
/* (batch, features) -> (batch, n, features). keras.layers.RepeatVector */
CN_OPTIONS(repeat_vector, CN_REPEAT_VECTOR, CN_LAYER_PARAMS)
CN_API cn_layer *cn_repeat_vector_new(const cn_repeat_vector_options *options);
#define cn_repeat_vector(...) CN_MAKE(repeat_vector, CN_REPEAT_VECTOR, __VA_ARGS__)

/* Margins are one number for all sides, one number an axis, or a pair (before, after) an axis:
 * {1}, {1, 2}, {1, 1, 2, 0}. Since zeros at the end do not count, pairs that end in zeros are ended
 * by -1: {1, 0, 0, 0, -1}. In one dimension two numbers are a pair: {1, 2}, {1, 0, -1}. */
#define CN_ZERO_PADDING(P)                               \
    P(cn_dims, padding, {{1}}, "zeros before and after") \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, steps, channels) -> (batch, more steps, channels). keras.layers.ZeroPadding1D */
CN_OPTIONS(zero_padding, CN_ZERO_PADDING, CN_LAYER_PARAMS)
typedef cn_zero_padding_options cn_zero_padding1d_options;
CN_API cn_layer *cn_zero_padding1d_new(const cn_zero_padding1d_options *options);
#define cn_zero_padding1d(...) CN_MAKE(zero_padding1d, CN_ZERO_PADDING, __VA_ARGS__)

/* (batch, rows, columns, channels) -> (batch, more rows, columns, channels).
 * keras.layers.ZeroPadding2D */
typedef cn_zero_padding_options cn_zero_padding2d_options;
CN_API cn_layer *cn_zero_padding2d_new(const cn_zero_padding2d_options *options);
#define cn_zero_padding2d(...) CN_MAKE(zero_padding2d, CN_ZERO_PADDING, __VA_ARGS__)

/* (batch, depth, rows, columns, channels) -> (batch, more depth, rows, columns, channels).
 * keras.layers.ZeroPadding3D */
typedef cn_zero_padding_options cn_zero_padding3d_options;
CN_API cn_layer *cn_zero_padding3d_new(const cn_zero_padding3d_options *options);
#define cn_zero_padding3d(...) CN_MAKE(zero_padding3d, CN_ZERO_PADDING, __VA_ARGS__)

#define CN_CROPPING1D(P) P(cn_dims, cropping, {{1}}, "how many steps go before and after")
/* (batch, steps, channels) -> (batch, fewer steps, channels). keras.layers.Cropping1D */
CN_OPTIONS(cropping1d, CN_CROPPING1D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_cropping1d_new(const cn_cropping1d_options *options);
#define cn_cropping1d(...) CN_MAKE(cropping1d, CN_CROPPING1D, __VA_ARGS__)

#define CN_CROPPING2D(P)                                        \
    P(cn_dims, cropping, {{0}}, "how many rows and columns go") \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, rows, columns, channels) -> (batch, fewer rows, columns, channels).
 * keras.layers.Cropping2D */
CN_OPTIONS(cropping2d, CN_CROPPING2D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_cropping2d_new(const cn_cropping2d_options *options);
#define cn_cropping2d(...) CN_MAKE(cropping2d, CN_CROPPING2D, __VA_ARGS__)

#define CN_CROPPING3D(P)                                         \
    P(cn_dims, cropping, {{1}}, "how much goes along each axis") \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, depth, rows, columns, channels) -> (batch, less of each, channels).
 * keras.layers.Cropping3D */
CN_OPTIONS(cropping3d, CN_CROPPING3D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_cropping3d_new(const cn_cropping3d_options *options);
#define cn_cropping3d(...) CN_MAKE(cropping3d, CN_CROPPING3D, __VA_ARGS__)

#define CN_UP_SAMPLING1D(P) P(int, size, 2, "how often each step is repeated")
/* (batch, steps, channels) -> (batch, steps * size, channels). keras.layers.UpSampling1D */
CN_OPTIONS(up_sampling1d, CN_UP_SAMPLING1D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_up_sampling1d_new(const cn_up_sampling1d_options *options);
#define cn_up_sampling1d(...) CN_MAKE(up_sampling1d, CN_UP_SAMPLING1D, __VA_ARGS__)

#define CN_UP_SAMPLING2D(P)                                                           \
    P(cn_dims, size, {{2}}, "factors of rows and columns")                            \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"") \
    P(cn_str, interpolation, "nearest", "or another of cn_resize_images")
/* (batch, rows, columns, channels) -> (batch, more rows, columns, channels).
 * keras.layers.UpSampling2D */
CN_OPTIONS(up_sampling2d, CN_UP_SAMPLING2D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_up_sampling2d_new(const cn_up_sampling2d_options *options);
#define cn_up_sampling2d(...) CN_MAKE(up_sampling2d, CN_UP_SAMPLING2D, __VA_ARGS__)

#define CN_UP_SAMPLING3D(P)                              \
    P(cn_dims, size, {{2}}, "factors of the three axes") \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, depth, rows, columns, channels) -> (batch, more depth, rows, columns, channels).
 * keras.layers.UpSampling3D */
CN_OPTIONS(up_sampling3d, CN_UP_SAMPLING3D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_up_sampling3d_new(const cn_up_sampling3d_options *options);
#define cn_up_sampling3d(...) CN_MAKE(up_sampling3d, CN_UP_SAMPLING3D, __VA_ARGS__)

#endif
