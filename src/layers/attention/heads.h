/* What layers of several attention heads share: projections of query, key and value, attention of
 * the heads, and a projection of what they found. */
#ifndef CN_LAYERS_ATTENTION_HEADS_H
#define CN_LAYERS_ATTENTION_HEADS_H

#include "layers/layer.h"

typedef struct cn_heads {
    cn_layer *query, *key, *value, *gate, *output; /* parts of the layer, and the next two, too */
    cn_layer *softmax, *dropout;
    char products[40], sums[40]; /* equations: key, query -> scores; scores, value -> result */
    int axes;                    /* of attention, in either sequence */
    cn_axes last;                /* the key's, in the scores */
    double scale, rate;
    int64_t window; /* CN_NONE: none */
} cn_heads;

/* How the projections of a layer that has CN_HEADS_PARAMS_ are made. */
#define CN_PROJECTION_OPTIONS(self)                                               \
    {                                                                             \
        .kernel_initializer = (self)->kernel_initializer,                         \
        .bias_initializer = (self)->bias_initializer,                             \
        .kernel_regularizer = (self)->kernel_regularizer,                         \
        .bias_regularizer = (self)->bias_regularizer,                             \
        .activity_regularizer = (self)->activity_regularizer,                     \
        .kernel_constraint = (self)->kernel_constraint,                           \
        .bias_constraint = (self)->bias_constraint, .dtype = (self)->layer.dtype, \
        .trainable = true, .learning_rate_multiplier = 1                          \
    }

typedef struct cn_projection {
    cn_str attribute, name, equation, bias_axes, activation;
    cn_shape in; /* shape of what is projected */
    cn_dims out; /* without the batch */
} cn_projection;

/* A positive whole number, with Keras's words. */
bool cn_check_heads(const char *name, int64_t value);
bool cn_check_window(int64_t window);
/* Of the inputs of build: the key is the value where none is given. False: it does not fit. */
bool cn_heads_shapes(const cn_shapes *in, cn_shape *query, cn_shape *value, cn_shape *key);
/* A built projection, part of `layer`; NULL on failure. */
cn_layer *cn_project(void *layer, const cn_einsum_dense_options *options, bool use_bias,
                     const cn_projection *p);
/* The softmax and dropout; sets the equations for projected tensors of that rank and attention
 * along `axes`, which are positive. */
bool cn_heads_build(void *layer, cn_heads *heads, int rank, cn_axes axes, int64_t seed);
/* The call: x is query, value, perhaps key, perhaps a mask. `groups` heads of the query share one
 * of key and value. */
cn_tensor *cn_heads_call(cn_heads *heads, const cn_inputs *in, int64_t groups);

#define CN_HEADS_CALL                           \
    .inputs = "query value key attention_mask", \
    .arguments = "return_attention_scores=false, use_causal_mask=false", .ends_mask = true

#endif
