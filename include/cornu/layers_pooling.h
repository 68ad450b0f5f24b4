/* keras.layers: pooling. See cornu/layers.h. */
#ifndef CORNU_LAYERS_POOLING_H
#define CORNU_LAYERS_POOLING_H

#include <cornu/layer.h>

/* The arguments of the pools. */
#define CN_POOLING(P)                                                               \
    P(cn_dims, pool_size, {{2}}, "size of the window; one number: for all axes")    \
    P(cn_dims, strides, CN_NO_SIZES, "how far the window moves; default: its size") \
    P(cn_str, padding, "valid", "\"valid\" or \"same\"")                            \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
CN_OPTIONS(pooling, CN_POOLING, CN_LAYER_PARAMS)

/* The largest of each window: (batch, steps, channels) -> (batch, new steps, channels).
 * keras.layers.MaxPooling1D */
typedef cn_pooling_options cn_max_pooling1d_options;
CN_API cn_layer *cn_max_pooling1d_new(const cn_max_pooling1d_options *options);
#define cn_max_pooling1d(...) CN_MAKE(max_pooling1d, CN_POOLING, __VA_ARGS__)

/* The largest of each window: (batch, rows, columns, channels) -> (batch, new rows, columns,
 * channels). keras.layers.MaxPooling2D */
typedef cn_pooling_options cn_max_pooling2d_options;
CN_API cn_layer *cn_max_pooling2d_new(const cn_max_pooling2d_options *options);
#define cn_max_pooling2d(...) CN_MAKE(max_pooling2d, CN_POOLING, __VA_ARGS__)

/* The largest of each window: (batch, depth, rows, columns, channels) -> (batch, new depth,
 * rows, columns, channels). keras.layers.MaxPooling3D */
typedef cn_pooling_options cn_max_pooling3d_options;
CN_API cn_layer *cn_max_pooling3d_new(const cn_max_pooling3d_options *options);
#define cn_max_pooling3d(...) CN_MAKE(max_pooling3d, CN_POOLING, __VA_ARGS__)

/* The mean of each window: (batch, steps, channels) -> (batch, new steps, channels).
 * keras.layers.AveragePooling1D */
typedef cn_pooling_options cn_average_pooling1d_options;
CN_API cn_layer *cn_average_pooling1d_new(const cn_average_pooling1d_options *options);
#define cn_average_pooling1d(...) CN_MAKE(average_pooling1d, CN_POOLING, __VA_ARGS__)

/* The mean of each window: (batch, rows, columns, channels) -> (batch, new rows, columns,
 * channels). keras.layers.AveragePooling2D */
typedef cn_pooling_options cn_average_pooling2d_options;
CN_API cn_layer *cn_average_pooling2d_new(const cn_average_pooling2d_options *options);
#define cn_average_pooling2d(...) CN_MAKE(average_pooling2d, CN_POOLING, __VA_ARGS__)

/* The mean of each window: (batch, depth, rows, columns, channels) -> (batch, new depth, rows,
 * columns, channels). keras.layers.AveragePooling3D */
typedef cn_pooling_options cn_average_pooling3d_options;
CN_API cn_layer *cn_average_pooling3d_new(const cn_average_pooling3d_options *options);
#define cn_average_pooling3d(...) CN_MAKE(average_pooling3d, CN_POOLING, __VA_ARGS__)

/* The arguments of the global pools. */
#define CN_GLOBAL_POOLING(P)                                                          \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"") \
    P(bool, keepdims, false, "keep the axes with size 1")
CN_OPTIONS(global_pooling, CN_GLOBAL_POOLING, CN_LAYER_PARAMS)

/* The largest of each channel: (batch, steps, channels) -> (batch, channels).
 * keras.layers.GlobalMaxPooling1D */
typedef cn_global_pooling_options cn_global_max_pooling1d_options;
CN_API cn_layer *cn_global_max_pooling1d_new(const cn_global_max_pooling1d_options *options);
#define cn_global_max_pooling1d(...) CN_MAKE(global_max_pooling1d, CN_GLOBAL_POOLING, __VA_ARGS__)

/* The largest of each channel: (batch, rows, columns, channels) -> (batch, channels).
 * keras.layers.GlobalMaxPooling2D */
typedef cn_global_pooling_options cn_global_max_pooling2d_options;
CN_API cn_layer *cn_global_max_pooling2d_new(const cn_global_max_pooling2d_options *options);
#define cn_global_max_pooling2d(...) CN_MAKE(global_max_pooling2d, CN_GLOBAL_POOLING, __VA_ARGS__)

/* The largest of each channel: (batch, depth, rows, columns, channels) -> (batch, channels).
 * keras.layers.GlobalMaxPooling3D */
typedef cn_global_pooling_options cn_global_max_pooling3d_options;
CN_API cn_layer *cn_global_max_pooling3d_new(const cn_global_max_pooling3d_options *options);
#define cn_global_max_pooling3d(...) CN_MAKE(global_max_pooling3d, CN_GLOBAL_POOLING, __VA_ARGS__)

/* The mean of each channel (of the steps that the mask leaves): (batch, steps, channels) ->
 * (batch, channels). keras.layers.GlobalAveragePooling1D */
typedef cn_global_pooling_options cn_global_average_pooling1d_options;
CN_API cn_layer *
cn_global_average_pooling1d_new(const cn_global_average_pooling1d_options *options);
#define cn_global_average_pooling1d(...) \
    CN_MAKE(global_average_pooling1d, CN_GLOBAL_POOLING, __VA_ARGS__)

/* The mean of each channel: (batch, rows, columns, channels) -> (batch, channels).
 * keras.layers.GlobalAveragePooling2D */
typedef cn_global_pooling_options cn_global_average_pooling2d_options;
CN_API cn_layer *
cn_global_average_pooling2d_new(const cn_global_average_pooling2d_options *options);
#define cn_global_average_pooling2d(...) \
    CN_MAKE(global_average_pooling2d, CN_GLOBAL_POOLING, __VA_ARGS__)

/* The mean of each channel: (batch, depth, rows, columns, channels) -> (batch, channels).
 * keras.layers.GlobalAveragePooling3D */
typedef cn_global_pooling_options cn_global_average_pooling3d_options;
CN_API cn_layer *
cn_global_average_pooling3d_new(const cn_global_average_pooling3d_options *options);
#define cn_global_average_pooling3d(...) \
    CN_MAKE(global_average_pooling3d, CN_GLOBAL_POOLING, __VA_ARGS__)

#endif
