/* keras.layers: activations. See cornu/layers.h. */
#ifndef CORNU_LAYERS_ACTIVATIONS_H
#define CORNU_LAYERS_ACTIVATIONS_H

#include <cornu/layer.h>

#define CN_RELU_LAYER(P)                                              \
    P(float, max_value, CN_NONE, "the largest output; default: none") \
    P(float, negative_slope, 0, "slope below the threshold")          \
    P(float, threshold, 0, "where the slope changes")
/* x where x >= threshold, else negative_slope * (x - threshold); at most max_value. Any shape,
 * kept. keras.layers.ReLU */
CN_OPTIONS(relu_layer, CN_RELU_LAYER, CN_LAYER_PARAMS)
CN_API cn_layer *cn_relu_layer_new(const cn_relu_layer_options *options);
#define cn_relu_layer(...) CN_MAKE(relu_layer, CN_RELU_LAYER, __VA_ARGS__)

#define CN_LEAKY_RELU_LAYER(P) P(float, negative_slope, 0.3, "slope below 0")
/* x where x > 0, else negative_slope * x. Any shape, kept. keras.layers.LeakyReLU */
CN_OPTIONS(leaky_relu_layer, CN_LEAKY_RELU_LAYER, CN_LAYER_PARAMS)
CN_API cn_layer *cn_leaky_relu_layer_new(const cn_leaky_relu_layer_options *options);
#define cn_leaky_relu_layer(...) CN_MAKE(leaky_relu_layer, CN_LEAKY_RELU_LAYER, __VA_ARGS__)

#define CN_ELU_LAYER(P) P(float, alpha, 1, "what far negative values approach, negated")
/* x where x > 0, else alpha * (exp(x) - 1). Any shape, kept. keras.layers.ELU */
CN_OPTIONS(elu_layer, CN_ELU_LAYER, CN_LAYER_PARAMS)
CN_API cn_layer *cn_elu_layer_new(const cn_elu_layer_options *options);
#define cn_elu_layer(...) CN_MAKE(elu_layer, CN_ELU_LAYER, __VA_ARGS__)

#define CN_PRELU(P)                                                          \
    P(cn_initializer, alpha_initializer, "zeros", "how the slopes start")    \
    P(cn_regularizer, alpha_regularizer, NULL, "penalty for the slopes")     \
    P(cn_constraint, alpha_constraint, NULL, "what the slopes must satisfy") \
    P(cn_dims, shared_axes, CN_NO_SIZES, "axes, counted from 1, along which the slope is one")
/* x where x > 0, else alpha * x, alpha (the input's shape without the batch) being learnt. Any
 * shape of rank 2 or more, kept. keras.layers.PReLU */
CN_OPTIONS(prelu, CN_PRELU, CN_LAYER_PARAMS)
CN_API cn_layer *cn_prelu_new(const cn_prelu_options *options);
#define cn_prelu(...) CN_MAKE(prelu, CN_PRELU, __VA_ARGS__)

#define CN_SOFTMAX_LAYER(P) P(cn_axes, axis, {{-1}}, "the axis or axes of the classes")
/* exp(x) / sum(exp(x)) along `axis`; 0 where the mask (which broadcasts to x) is false. Any
 * shape, kept. keras.layers.Softmax */
CN_OPTIONS(softmax_layer, CN_SOFTMAX_LAYER, CN_LAYER_PARAMS)
CN_API cn_layer *cn_softmax_layer_new(const cn_softmax_layer_options *options);
#define cn_softmax_layer(...) CN_MAKE(softmax_layer, CN_SOFTMAX_LAYER, __VA_ARGS__)

#endif
