/* keras.layers: attention. See cornu/layers.h.
 *
 * Calls take these arguments: cn_call(layer, …, .arguments = "use_causal_mask=true"), where a place
 * sees itself and those before it; and "return_attention_scores=true", which gives two results
 * (cn_nth), the second the weights. Masks that come with the inputs are seen to: places of the
 * value (and key) whose mask is false get no attention. */
#ifndef CORNU_LAYERS_ATTENTION_H
#define CORNU_LAYERS_ATTENTION_H

#include <cornu/layer.h>

/* softmax(query key^T) value, each place of the query looking at all of the value: query
 * (batch, T, d), value (batch, S, e) and perhaps key (batch, S, d), by default the value ->
 * (batch, T, e); weights (batch, T, S). keras.layers.Attention */
#define CN_ATTENTION(P)                                                                  \
    P(bool, use_scale, false, "a number that is learned scales the scores")              \
    P(cn_str, score_mode, "dot", "\"dot\", or \"concat\": the sum of tanh(query + key)") \
    P(float, dropout, 0, "the share of weights that is dropped in training")             \
    P(int, seed, CN_NONE, "makes the dropout repeatable; default: none")
CN_OPTIONS(attention, CN_ATTENTION, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_attention_new(const cn_attention_options *options);
#define cn_attention(...) CN_MAKE(attention, CN_ATTENTION, __VA_ARGS__)

/* The same with the scores sum(scale tanh(query + key)), Bahdanau's: shapes as above, with e = d.
 * keras.layers.AdditiveAttention */
#define CN_ADDITIVE_ATTENTION(P)                                             \
    P(bool, use_scale, true, "a vector that is learned scales the sum")      \
    P(float, dropout, 0, "the share of weights that is dropped in training") \
    P(int, seed, CN_NONE, "makes the dropout repeatable; default: none")
CN_OPTIONS(additive_attention, CN_ADDITIVE_ATTENTION, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_additive_attention_new(const cn_additive_attention_options *options);
#define cn_additive_attention(...) CN_MAKE(additive_attention, CN_ADDITIVE_ATTENTION, __VA_ARGS__)

/* What layers with several heads give to the projections they are made of. */
#define CN_HEADS_PARAMS_(P)                                                            \
    P(cn_initializer, kernel_initializer, "glorot_uniform", "how the kernels start")   \
    P(cn_initializer, bias_initializer, "zeros", "how the biases start")               \
    P(cn_regularizer, kernel_regularizer, NULL, "penalty for the kernels")             \
    P(cn_regularizer, bias_regularizer, NULL, "penalty for the biases")                \
    P(cn_regularizer, activity_regularizer, NULL, "penalty for what projections give") \
    P(cn_constraint, kernel_constraint, NULL, "what the kernels must satisfy")         \
    P(cn_constraint, bias_constraint, NULL, "what the biases must satisfy")            \
    P(bool, use_gate, false, "a sigmoid gate, projected from the query")               \
    P(int, seed, CN_NONE, "makes the dropout repeatable; default: none")

/* Attention of several heads, each on a projection of its own: cn_call(layer, query, value) or
 * cn_call(layer, query, value, key), or with .x3, a bool mask (batch, T, S) of what may be looked
 * at. Query (batch, T, d), value (batch, S, e) -> (batch, T, output_shape or d); weights
 * (batch, heads, T, S). With more axes than these, attention goes along attention_axes.
 * keras.layers.MultiHeadAttention */
#define CN_MULTI_HEAD_ATTENTION(P)                                                              \
    P(int, num_heads, CN_REQUIRED, "how many heads")                                            \
    P(int, key_dim, CN_REQUIRED, "width of a head's query and key")                             \
    P(int, value_dim, CN_NONE, "width of a head's value; default: key_dim")                     \
    P(float, dropout, 0, "the share of weights that is dropped in training")                    \
    P(bool, use_bias, true, "projections add a bias")                                           \
    P(cn_dims, output_shape, CN_NO_SIZES, "sizes of the output's last axes; default: d")        \
    P(cn_axes, attention_axes, CN_ALL_AXES, "default: all but batch, heads and features")       \
    P(int, sliding_window, CN_NONE, "places further apart do not see each other; default: all") \
    CN_HEADS_PARAMS_(P)
CN_OPTIONS(multi_head_attention, CN_MULTI_HEAD_ATTENTION, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_multi_head_attention_new(const cn_multi_head_attention_options *options);
#define cn_multi_head_attention(...) \
    CN_MAKE(multi_head_attention, CN_MULTI_HEAD_ATTENTION, __VA_ARGS__)

/* The same with fewer heads of key and value than of the query, each serving a group of them.
 * Shapes and calls as above, with e = d. keras.layers.GroupQueryAttention */
#define CN_GROUP_QUERY_ATTENTION(P)                                                             \
    P(int, head_dim, CN_REQUIRED, "width of a head")                                            \
    P(int, num_query_heads, CN_REQUIRED, "how many heads of the query")                         \
    P(int, num_key_value_heads, CN_REQUIRED, "how many of key and value; divides the former")   \
    P(float, dropout, 0, "the share of weights that is dropped in training")                    \
    P(bool, use_bias, true, "projections add a bias")                                           \
    P(int, sliding_window, CN_NONE, "places further apart do not see each other; default: all") \
    CN_HEADS_PARAMS_(P)
CN_OPTIONS(group_query_attention, CN_GROUP_QUERY_ATTENTION, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_group_query_attention_new(const cn_group_query_attention_options *options);
#define cn_group_query_attention(...) \
    CN_MAKE(group_query_attention, CN_GROUP_QUERY_ATTENTION, __VA_ARGS__)

#endif
