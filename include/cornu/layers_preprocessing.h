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

#endif
