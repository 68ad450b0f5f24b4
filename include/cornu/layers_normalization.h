/* keras.layers: normalization. See cornu/layers.h. */
#ifndef CORNU_LAYERS_NORMALIZATION_H
#define CORNU_LAYERS_NORMALIZATION_H

#include <cornu/layer.h>

#define CN_BATCH_NORMALIZATION(P)                                                            \
    P(int, axis, -1, "the axis of the features")                                             \
    P(float, momentum, 0.99, "how much of the moving statistics a step keeps")               \
    P(float, epsilon, 1e-3, "added to the variance")                                         \
    P(bool, center, true, "add beta")                                                        \
    P(bool, scale, true, "multiply by gamma")                                                \
    P(cn_initializer, beta_initializer, "zeros", "how beta starts")                          \
    P(cn_initializer, gamma_initializer, "ones", "how gamma starts")                         \
    P(cn_initializer, moving_mean_initializer, "zeros", "how the moving mean starts")        \
    P(cn_initializer, moving_variance_initializer, "ones", "how the moving variance starts") \
    P(cn_regularizer, beta_regularizer, NULL, "penalty for beta")                            \
    P(cn_regularizer, gamma_regularizer, NULL, "penalty for gamma")                          \
    P(cn_constraint, beta_constraint, NULL, "what beta must satisfy")                        \
    P(cn_constraint, gamma_constraint, NULL, "what gamma must satisfy")                      \
    P(bool, renorm, false, "not supported: batch renormalization")                           \
    P(cn_str, renorm_clipping, NULL, "for renorm")                                           \
    P(float, renorm_momentum, 0.99, "for renorm")                                            \
    P(bool, synchronized, false, "statistics over all devices")                              \
    P(int, steps_per_update, 1,                                                              \
      "not in Keras: the moving statistics follow every so many steps, by all their batches")
/* (x - mean) / sqrt(variance + epsilon) * gamma + beta for each feature, with the batch's own
 * statistics in training (of the places that the mask leaves) and the moving ones else, or
 * where the layer is frozen: any shape of rank 2 or more, kept.
 * keras.layers.BatchNormalization */
CN_OPTIONS(batch_normalization, CN_BATCH_NORMALIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_batch_normalization_new(const cn_batch_normalization_options *options);
#define cn_batch_normalization(...) \
    CN_MAKE(batch_normalization, CN_BATCH_NORMALIZATION, __VA_ARGS__)

#define CN_LAYER_NORMALIZATION(P)                                       \
    P(cn_axes, axis, {{-1}}, "the axis or axes of a sample")            \
    P(float, epsilon, 1e-3, "added to the variance")                    \
    P(bool, center, true, "add beta")                                   \
    P(bool, scale, true, "multiply by gamma")                           \
    P(cn_initializer, beta_initializer, "zeros", "how beta starts")     \
    P(cn_initializer, gamma_initializer, "ones", "how gamma starts")    \
    P(cn_regularizer, beta_regularizer, NULL, "penalty for beta")       \
    P(cn_regularizer, gamma_regularizer, NULL, "penalty for gamma")     \
    P(cn_constraint, beta_constraint, NULL, "what beta must satisfy")   \
    P(cn_constraint, gamma_constraint, NULL, "what gamma must satisfy") \
    P(bool, rms_scaling, false, "Keras's deprecated scaling: no mean, no beta")
/* Each sample with mean 0 and variance 1 along `axis`, times gamma, plus beta (both of the
 * axes' shape): any shape, kept. keras.layers.LayerNormalization */
CN_OPTIONS(layer_normalization, CN_LAYER_NORMALIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_layer_normalization_new(const cn_layer_normalization_options *options);
#define cn_layer_normalization(...) \
    CN_MAKE(layer_normalization, CN_LAYER_NORMALIZATION, __VA_ARGS__)

#define CN_GROUP_NORMALIZATION(P)                                     \
    P(int, groups, 32, "number of groups; -1: as many as channels")   \
    P(int, axis, -1, "the axis of the channels")                      \
    P(float, epsilon, 1e-3, "added to the variance")                  \
    P(bool, center, true, "add beta")                                 \
    P(bool, scale, true, "multiply by gamma")                         \
    P(cn_initializer, beta_initializer, "zeros", "how beta starts")   \
    P(cn_initializer, gamma_initializer, "ones", "how gamma starts")  \
    P(cn_regularizer, beta_regularizer, NULL, "penalty for beta")     \
    P(cn_regularizer, gamma_regularizer, NULL, "penalty for gamma")   \
    P(cn_constraint, beta_constraint, NULL, "what beta must satisfy") \
    P(cn_constraint, gamma_constraint, NULL, "what gamma must satisfy")
/* Mean 0 and variance 1 for each sample and group of channels, times gamma, plus beta: any
 * shape of rank 2 or more, kept. keras.layers.GroupNormalization */
CN_OPTIONS(group_normalization, CN_GROUP_NORMALIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_group_normalization_new(const cn_group_normalization_options *options);
#define cn_group_normalization(...) \
    CN_MAKE(group_normalization, CN_GROUP_NORMALIZATION, __VA_ARGS__)

#define CN_RMS_NORMALIZATION(P)                              \
    P(cn_axes, axis, {{-1}}, "the axis or axes of a sample") \
    P(float, epsilon, 1e-6, "added to the mean square")
/* x / sqrt(mean of x * x + epsilon) * scale along `axis`: any shape, kept.
 * keras.layers.RMSNormalization */
CN_OPTIONS(rms_normalization, CN_RMS_NORMALIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_rms_normalization_new(const cn_rms_normalization_options *options);
#define cn_rms_normalization(...) CN_MAKE(rms_normalization, CN_RMS_NORMALIZATION, __VA_ARGS__)

#define CN_UNIT_NORMALIZATION(P) P(cn_axes, axis, {{-1}}, "the axis or axes of a sample")
/* x / its length along `axis`: any shape, kept. keras.layers.UnitNormalization */
CN_OPTIONS(unit_normalization, CN_UNIT_NORMALIZATION, CN_LAYER_PARAMS)
CN_API cn_layer *cn_unit_normalization_new(const cn_unit_normalization_options *options);
#define cn_unit_normalization(...) CN_MAKE(unit_normalization, CN_UNIT_NORMALIZATION, __VA_ARGS__)

#endif
