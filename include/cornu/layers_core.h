/* keras.layers: core. See cornu/layers.h. */
#ifndef CORNU_LAYERS_CORE_H
#define CORNU_LAYERS_CORE_H

#include <cornu/layer.h>

/* What layers with a kernel take. */
#define CN_KERNEL_PARAMS_(P)                                                         \
    P(bool, use_bias, true, "add a bias vector")                                     \
    P(cn_initializer, kernel_initializer, "glorot_uniform", "how the kernel starts") \
    P(cn_initializer, bias_initializer, "zeros", "how the bias starts")              \
    P(cn_regularizer, kernel_regularizer, NULL, "penalty for the kernel")            \
    P(cn_regularizer, bias_regularizer, NULL, "penalty for the bias")                \
    P(cn_regularizer, activity_regularizer, NULL, "penalty for the output")          \
    P(cn_constraint, kernel_constraint, NULL, "what the kernel must satisfy")        \
    P(cn_constraint, bias_constraint, NULL, "what the bias must satisfy")

/* activation(x kernel + bias): (..., inputs) -> (..., units). keras.layers.Dense */
#define CN_DENSE(P)                                                 \
    P(int, units, CN_REQUIRED, "width of the output")               \
    P(cn_activation, activation, NULL, "activation; default: none") \
    CN_KERNEL_PARAMS_(P)
CN_OPTIONS(dense, CN_DENSE, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_dense_new(const cn_dense_options *options);
#define cn_dense(...) CN_MAKE(dense, CN_DENSE, __VA_ARGS__)

/* activation(einsum(equation, x, kernel) + bias). `output_shape` is the output's without the batch
 * (and without what "..." stands for); CN_ANY where the input's size goes through; `bias_axes` are
 * the letters of the output along which there is a bias, NULL: none. "abc,cd->abd" with
 * {CN_ANY, 6}: (batch, steps, 4) -> (batch, steps, 6). keras.layers.EinsumDense */
#define CN_EINSUM_DENSE(P)                                                              \
    P(cn_str, equation, NULL, "like \"abc,cd->abd\"")                                   \
    P(cn_dims, output_shape, CN_REQUIRED_SIZES, "the output's shape without the batch") \
    P(cn_activation, activation, NULL, "activation; default: none")                     \
    P(cn_str, bias_axes, NULL, "letters of the output; default: no bias")               \
    P(cn_initializer, kernel_initializer, "glorot_uniform", "how the kernel starts")    \
    P(cn_initializer, bias_initializer, "zeros", "how the bias starts")                 \
    P(cn_regularizer, kernel_regularizer, NULL, "penalty for the kernel")               \
    P(cn_regularizer, bias_regularizer, NULL, "penalty for the bias")                   \
    P(cn_constraint, kernel_constraint, NULL, "what the kernel must satisfy")           \
    P(cn_constraint, bias_constraint, NULL, "what the bias must satisfy")               \
    P(cn_regularizer, activity_regularizer, NULL, "penalty for the output")
CN_OPTIONS(einsum_dense, CN_EINSUM_DENSE, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_einsum_dense_new(const cn_einsum_dense_options *options);
#define cn_einsum_dense(...) CN_MAKE(einsum_dense, CN_EINSUM_DENSE, __VA_ARGS__)

/* activation(x), of any shape: cn_activation("relu"). keras.layers.Activation */
#define CN_ACTIVATION_LAYER(P) P(cn_activation, activation, NULL, "spec of an activation")
CN_OPTIONS(activation, CN_ACTIVATION_LAYER, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_activation_new(const cn_activation_options *options);
#define cn_activation(...) CN_MAKE(activation, CN_ACTIVATION_LAYER, __VA_ARGS__)

/* A function of yours as a layer: cn_lambda(square). It gets the inputs, in[0] and, where the layer
 * is called with several, in[1] …, and its arguments: cn_lambda(column, .arguments = "index=1") is
 * read by cn_arg_int(args, "index"). It returns a tensor, or several as cn_tuple makes them. Shapes
 * and gradients follow from what it does. `output_shape` (without the batch; CN_ANY where open) is
 * what its result must have; one with as many elements is reshaped to it. `mask` computes the
 * result's mask; without it there is none. `user` is handed on by cn_arg_user, and freed with the
 * layer by `free_user`, if that is given. So that the layer can be saved the function needs a name:
 * cn_register_function. keras.layers.Lambda */
#define CN_LAMBDA(P)                                                              \
    P(cn_lambda_function, function, NULL, "function of inputs and arguments")     \
    P(cn_dims, output_shape, CN_NO_SIZES, "the result's shape without the batch") \
    P(cn_lambda_function, mask, NULL, "function that gives the result's mask")    \
    P(cn_str, arguments, NULL, "the function's arguments by name: \"index=1\"")
typedef struct cn_lambda_options {
    cn_at at CN_OTHERWISE({});
    CN_LAMBDA(CN_FIELD_) CN_LAYER_PARAMS(CN_FIELD_) void *user CN_OTHERWISE(NULL);
    void (*free_user)(void *user) CN_OTHERWISE(NULL);
} cn_lambda_options;
/* Makes the layer from its options. `user` is taken, also when that fails. */
CN_API cn_layer *cn_lambda_new(const cn_lambda_options *options);
#define cn_lambda(...) CN_MAKE(lambda, CN_LAMBDA, __VA_ARGS__)
/* Gives a function of Lambda layers the name by which files know it, "square" or "shop>square".
 * `arguments` are its arguments with their defaults, "index=0"; NULL: none. Python's Keras opens
 * the file where a function of that name is registered or among custom_objects. Errors: another one
 * has the name. */
CN_API bool cn_register_function(cn_str name, cn_lambda_function function, cn_str arguments);

/* x itself. keras.layers.Identity */
CN_OPTIONS(identity, CN_NO_PARAMS, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_identity_new(const cn_identity_options *options);
#define cn_identity(...) CN_MAKE(identity, CN_NO_PARAMS, __VA_ARGS__)

/* Rows of a table by ids: ids (...) -> (..., output_dim). Ids are integers in [0, input_dim), or
 * floats that are cut to such; others are an error when values are computed. With `mask_zero` the
 * result's mask leaves out the id 0. keras.layers.Embedding */
#define CN_EMBEDDING(P)                                                           \
    P(int, input_dim, CN_REQUIRED, "how many ids there are: the largest and one") \
    P(int, output_dim, CN_REQUIRED, "width of the output")                        \
    P(cn_initializer, embeddings_initializer, "uniform", "how the table starts")  \
    P(cn_regularizer, embeddings_regularizer, NULL, "penalty for the table")      \
    P(cn_constraint, embeddings_constraint, NULL, "what the table must satisfy")  \
    P(bool, mask_zero, false, "whether the id 0 means that there is nothing")     \
    P(cn_regularizer, activity_regularizer, NULL, "penalty for the output")       \
    P(int, input_length, 0, "ignored, with a warning; programs written for older Keras give it")
CN_OPTIONS(embedding, CN_EMBEDDING, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_embedding_new(const cn_embedding_options *options);
#define cn_embedding(...) CN_MAKE(embedding, CN_EMBEDDING, __VA_ARGS__)

/* Zeros where all of a step's features are mask_value, and a mask that leaves such steps out for
 * the layers that follow: (..., features) -> the same. With NaN nothing is masked, as in Keras.
 * keras.layers.Masking */
#define CN_MASKING(P) P(float, mask_value, 0.0, "the value of steps that are to be skipped")
CN_OPTIONS(masking, CN_MASKING, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_masking_new(const cn_masking_options *options);
#define cn_masking(...) CN_MAKE(masking, CN_MASKING, __VA_ARGS__)

#endif
