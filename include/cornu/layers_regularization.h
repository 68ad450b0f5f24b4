/* keras.layers: regularization. See cornu/layers.h. */
#ifndef CORNU_LAYERS_REGULARIZATION_H
#define CORNU_LAYERS_REGULARIZATION_H

#include <cornu/layer.h>

#define CN_DROPOUT(P)                                                \
    P(float, rate, CN_REQUIRED, "the share that is dropped, 0 to 1") \
    P(cn_dims, noise_shape, CN_NO_SIZES,                             \
      "shape of the mask: 1 shares it, CN_ANY is the input's size")  \
    P(int, seed, CN_NONE, "makes the noise repeatable; default: none")
/* In training, sets a random share of x to 0 and divides the rest by 1 - rate: any shape,
 * kept. keras.layers.Dropout */
CN_OPTIONS(dropout, CN_DROPOUT, CN_LAYER_PARAMS)
CN_API cn_layer *cn_dropout_new(const cn_dropout_options *options);
#define cn_dropout(...) CN_MAKE(dropout, CN_DROPOUT, __VA_ARGS__)

/* Dropout that keeps mean and variance of what selu gives: any shape, kept.
 * keras.layers.AlphaDropout */
typedef cn_dropout_options cn_alpha_dropout_options;
CN_API cn_layer *cn_alpha_dropout_new(const cn_alpha_dropout_options *options);
#define cn_alpha_dropout(...) CN_MAKE(alpha_dropout, CN_DROPOUT, __VA_ARGS__)

/* Dropout of whole channels. keras.layers.SpatialDropout1D: (batch, steps, channels), kept. */
#define CN_SPATIAL_DROPOUT1D(P)                                      \
    P(float, rate, CN_REQUIRED, "the share that is dropped, 0 to 1") \
    P(int, seed, CN_NONE, "makes the noise repeatable; default: none")
CN_OPTIONS(spatial_dropout1d, CN_SPATIAL_DROPOUT1D, CN_LAYER_PARAMS)
CN_API cn_layer *cn_spatial_dropout1d_new(const cn_spatial_dropout1d_options *options);
#define cn_spatial_dropout1d(...) CN_MAKE(spatial_dropout1d, CN_SPATIAL_DROPOUT1D, __VA_ARGS__)

/* The arguments of SpatialDropout2D and SpatialDropout3D. */
#define CN_SPATIAL_DROPOUT(P)                                                         \
    P(float, rate, CN_REQUIRED, "the share that is dropped, 0 to 1")                  \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"") \
    P(int, seed, CN_NONE, "makes the noise repeatable; default: none")
CN_OPTIONS(spatial_dropout, CN_SPATIAL_DROPOUT, CN_LAYER_PARAMS)

/* Dropout of whole channels: (batch, rows, columns, channels), kept.
 * keras.layers.SpatialDropout2D */
typedef cn_spatial_dropout_options cn_spatial_dropout2d_options;
CN_API cn_layer *cn_spatial_dropout2d_new(const cn_spatial_dropout2d_options *options);
#define cn_spatial_dropout2d(...) CN_MAKE(spatial_dropout2d, CN_SPATIAL_DROPOUT, __VA_ARGS__)

/* Dropout of whole channels: (batch, depth, rows, columns, channels), kept.
 * keras.layers.SpatialDropout3D */
typedef cn_spatial_dropout_options cn_spatial_dropout3d_options;
CN_API cn_layer *cn_spatial_dropout3d_new(const cn_spatial_dropout3d_options *options);
#define cn_spatial_dropout3d(...) CN_MAKE(spatial_dropout3d, CN_SPATIAL_DROPOUT, __VA_ARGS__)

#define CN_GAUSSIAN_NOISE(P)                                                 \
    P(float, stddev, CN_REQUIRED, "standard deviation of the noise, 0 to 1") \
    P(int, seed, CN_NONE, "makes the noise repeatable; default: none")
/* In training, x + normal noise: any shape, kept. keras.layers.GaussianNoise */
CN_OPTIONS(gaussian_noise, CN_GAUSSIAN_NOISE, CN_LAYER_PARAMS)
CN_API cn_layer *cn_gaussian_noise_new(const cn_gaussian_noise_options *options);
#define cn_gaussian_noise(...) CN_MAKE(gaussian_noise, CN_GAUSSIAN_NOISE, __VA_ARGS__)

#define CN_GAUSSIAN_DROPOUT(P)                                                             \
    P(float, rate, CN_REQUIRED, "as of Dropout: the noise has variance rate / (1 - rate)") \
    P(int, seed, CN_NONE, "makes the noise repeatable; default: none")
/* In training, x times normal noise of mean 1: any shape, kept. keras.layers.GaussianDropout */
CN_OPTIONS(gaussian_dropout, CN_GAUSSIAN_DROPOUT, CN_LAYER_PARAMS)
CN_API cn_layer *cn_gaussian_dropout_new(const cn_gaussian_dropout_options *options);
#define cn_gaussian_dropout(...) CN_MAKE(gaussian_dropout, CN_GAUSSIAN_DROPOUT, __VA_ARGS__)

#define CN_ACTIVITY_REGULARIZATION(P)           \
    P(float, l1, 0, "factor of the sum of |x|") \
    P(float, l2, 0, "factor of the sum of x * x")
/* x itself, which adds a penalty to the loss: any shape, kept.
 * keras.layers.ActivityRegularization */
CN_OPTIONS(activity_regularization, CN_ACTIVITY_REGULARIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_activity_regularization_new(const cn_activity_regularization_options *options);
#define cn_activity_regularization(...) \
    CN_MAKE(activity_regularization, CN_ACTIVITY_REGULARIZATION, __VA_ARGS__)

#endif
