/* keras.layers: preprocessing. See cornu/layers.h. */
#ifndef CORNU_LAYERS_PREPROCESSING_H
#define CORNU_LAYERS_PREPROCESSING_H

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
