/* keras.layers: preprocessing. See cornu/layers.h. */
#ifndef CORNU_LAYERS_PREPROCESSING_H
#define CORNU_LAYERS_PREPROCESSING_H

#include <cornu/data.h>
#include <cornu/layer.h>

#define CN_RESCALING(P)                                                                     \
    P(float, scale, CN_REQUIRED, "the factor")                                              \
    P(float, offset, 0, "what is added")                                                    \
    P(cn_str, scales, NULL, "instead of scale, a factor for each channel: \"[2, 0.5, 1]\"") \
    P(cn_str, offsets, NULL, "instead of offset, one for each channel")
/* x * scale + offset, as float. Any shape, kept. keras.layers.Rescaling */
CN_OPTIONS(rescaling, CN_RESCALING, CN_LAYER_PARAMS)
CN_API cn_layer *cn_rescaling_new(const cn_rescaling_options *options);
#define cn_rescaling(...) CN_MAKE(rescaling, CN_RESCALING, __VA_ARGS__)

#define CN_NORMALIZATION(P)                                                                   \
    P(cn_axes, axis, {{-1}}, "where each place has statistics of its own; CN_ALL_AXES: none") \
    P(cn_spec, mean, NULL, "\"[0.5, 2]\" or one number; default: learnt by cn_adapt")         \
    P(cn_spec, variance, NULL, "the same")                                                    \
    P(bool, invert, false, "back from normalized values")
/* (x - mean) / sqrt(variance), as float; with invert x * sqrt(variance) + mean. Any shape, kept.
 * keras.layers.Normalization */
CN_OPTIONS(normalization, CN_NORMALIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_normalization_new(const cn_normalization_options *options);
#define cn_normalization(...) CN_MAKE(normalization, CN_NORMALIZATION, __VA_ARGS__)
/* A Normalization learns mean and variance of data, a cn_dataset or a tensor, before the model is
 * trained; what is built already must fit. keras.layers.Normalization.adapt Errors: another layer
 * (CN_EINVAL), one that was given both (CN_ESTATE). */
CN_API bool cn_adapt_to(void *layer, cn_dataset *data);
#define cn_adapt(layer, data) (CN_MARK("cn_adapt"), cn_adapt_to(layer, CN_DATASET_(data)))

#define CN_RESIZING(P)                                                              \
    P(int, height, CN_REQUIRED, "of the result")                                    \
    P(int, width, CN_REQUIRED, "of the result")                                     \
    P(cn_str, interpolation, "bilinear",                                            \
      "or \"nearest\", \"bicubic\", \"lanczos3\", \"lanczos5\"")                    \
    P(bool, crop_to_aspect_ratio, false, "of the new proportions, from the middle") \
    P(bool, pad_to_aspect_ratio, false, "all of the image, fill_value beside it")   \
    P(cn_str, fill_mode, "constant", "\"constant\"")                                \
    P(float, fill_value, 0, "what is beside the image")                             \
    P(bool, antialias, false, "smooth first where images become smaller")           \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, rows, columns, channels) or one image -> (batch, height, width, channels), see
 * cn_resize_images. keras.layers.Resizing */
CN_OPTIONS(resizing, CN_RESIZING, CN_LAYER_PARAMS)
CN_API cn_layer *cn_resizing_new(const cn_resizing_options *options);
#define cn_resizing(...) CN_MAKE(resizing, CN_RESIZING, __VA_ARGS__)

#define CN_CENTER_CROP(P)                        \
    P(int, height, CN_REQUIRED, "of the result") \
    P(int, width, CN_REQUIRED, "of the result")  \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")
/* (batch, rows, columns, channels) or one image -> (batch, height, width, channels), the middle.
 * Where images are smaller than that, the largest window of those proportions, enlarged.
 * keras.layers.CenterCrop */
CN_OPTIONS(center_crop, CN_CENTER_CROP, CN_LAYER_PARAMS)
CN_API cn_layer *cn_center_crop_new(const cn_center_crop_options *options);
#define cn_center_crop(...) CN_MAKE(center_crop, CN_CENTER_CROP, __VA_ARGS__)

#endif
