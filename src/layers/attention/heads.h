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

/* How a layer's heads are made. */
typedef struct cn_heads_plan {
    cn_str attributes[5]; /* of the projections of query, key, gate, value, output */
    int64_t query_heads, key_heads, key_dim, value_dim;
    cn_dims output; /* sizes of the output's last axes; none: as wide as the query */
    cn_axes axes;   /* of attention, positive */
    cn_einsum_dense_options options; /* of the projections: what they share */
    bool use_bias, use_gate;
    double dropout;
    int64_t window, seed;
} cn_heads_plan;

/* What the layer's own parameters say of it. */
#define CN_HEADS_PLAN(self)                                                                 \
    .options = {.kernel_initializer = (self)->kernel_initializer,                           \
                .bias_initializer = (self)->bias_initializer,                               \
                .kernel_regularizer = (self)->kernel_regularizer,                           \
                .bias_regularizer = (self)->bias_regularizer,                               \
                .activity_regularizer = (self)->activity_regularizer,                       \
                .kernel_constraint = (self)->kernel_constraint,                             \
                .bias_constraint = (self)->bias_constraint,                                 \
                .dtype = (self)->layer.dtype,                                               \
                .trainable = true,                                                          \
                .learning_rate_multiplier = 1},                                             \
    .use_bias = (self)->use_bias, .use_gate = (self)->use_gate, .dropout = (self)->dropout, \
    .window = (self)->sliding_window, .seed = (self)->seed

/* A positive whole number, with Keras's words. */
bool cn_check_heads(const char *name, int64_t value);
bool cn_check_window(int64_t window);
/* The shapes of build's inputs. */
typedef struct cn_heads_shapes {
    cn_shape query, value, key; /* the key is the value where none is given */
} cn_heads_shapes;
/* False: they do not fit. */
bool cn_heads_expect(const cn_shapes *in, cn_heads_shapes *shapes);
/* The projections, built, and the softmax and dropout, as parts of `layer`. */
bool cn_heads_build(void *layer, cn_heads *heads, const cn_heads_plan *plan,
                    const cn_heads_shapes *in);
/* The call: x is query, value, perhaps key, perhaps a mask. `groups` heads of the query share one
 * of key and value. */
cn_tensor *cn_heads_call(cn_heads *heads, const cn_inputs *in, int64_t groups);

#define CN_HEADS_CALL                           \
    .inputs = "query value key attention_mask", \
    .arguments = "return_attention_scores=false, use_causal_mask=false", .ends_mask = true

#endif
