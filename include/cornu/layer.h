/* Layers: what they are made of, how they are called, and how to write your own. keras.layers.Layer
 *
 *     #define CENTER_LOSS(P) P(float, alpha, 0.5, "learning rate of the centres")
 *     CN_LAYER(center_loss, CENTER_LOSS, cn_tensor *centers;)   the struct: parameters, then state
 *     static bool build(center_loss *self, const cn_shapes *in) { … cn_add_weight … }
 *     static cn_tensor *call(center_loss *self, const cn_inputs *in) { … }
 *     CN_REGISTER_LAYER(center_loss, .build = build, .call = call)
 *     #define center_loss(...) CN_MAKE(center_loss, CENTER_LOSS, __VA_ARGS__) */
#ifndef CORNU_LAYER_H
#define CORNU_LAYER_H

#include <cornu/class.h>

/* What every layer takes besides its own parameters. */
#define CN_LAYER_PARAMS(P)                                                                       \
    P(cn_str, name, NULL, "the layer's name; default: its class's, numbered")                    \
    P(bool, trainable, true, "whether training changes its weights")                             \
    P(cn_str, dtype, NULL, "dtype of computation and weights, or a policy: cn_set_dtype_policy") \
    P(float, learning_rate_multiplier, 1.0,                                                      \
      "not in Keras: the learning rate of its weights is multiplied by this; 0 freezes them")    \
    P(cn_shape_param, input_shape, NULL,                                                         \
      "of a Sequential's first layer: the shape of a sample, in place of a cn_input")

/* The shapes of a layer's inputs, when it is built. */
typedef struct cn_shapes {
    size_t count;
    const cn_shape *shape;
    const cn_dtype *dtype;
} cn_shapes;

/* What a call gets. */
typedef struct cn_inputs {
    size_t count;
    cn_tensor *const *x;
    cn_tensor *const *masks; /* of each x; entries may be NULL */
    cn_tensor *mask;         /* of x[0], or what the caller gave; or NULL */
    bool training;
    const struct cn_args
        *arguments; /* further ones, with the defaults of the methods' `arguments` */
} cn_inputs;

enum { CN_MAX_STATES = 64 };

/* A layer's public face; a layer struct begins with it. */
typedef struct cn_layer {
    void *head_[4];
    cn_str name;
    bool trainable;
    cn_str dtype;
    double learning_rate_multiplier;
    cn_shape_param input_shape; /* with the batch in front; NULL: not given */
    bool built;
    cn_tensor *input,
        *output;      /* symbolic, once it was called on a cn_input (the first time counts) */
    cn_list *weights; /* its own variables, in order of making */
    cn_list *layers;  /* the layers that it holds, in order of adding */
    struct cn_layer_state *state_;
} cn_layer;

/* What a layer does; `self` is its struct. Only call is needed. */
#define CN_LAYER_METHOD_FIELDS_(self_type)                                                      \
    CN_COMMON_METHODS(self_type)                                                                \
    bool (*build)(self_type * self, const cn_shapes *in); /* makes weights */                   \
    cn_tensor *(*call)(self_type * self, const cn_inputs *in);                                  \
    /* The shape of the output, CN_ANY where open; default: what call gives for such inputs. */ \
    bool (*compute_output_shape)(self_type * self, const cn_shapes *in, cn_shape *shape);       \
    /* The mask of the output; default: that of the first input. */                             \
    cn_tensor *(*compute_mask)(self_type * self, const cn_inputs *in);                          \
    bool ends_mask;         /* the output has no mask */                                        \
    bool keeps_dtype;       /* inputs are not cast to the layer's dtype */                      \
    bool one_input;         /* a call with several is an error */                               \
    bool mixes_samples;     /* what becomes of a sample may depend on others of the batch */    \
    bool activity_of_parts; /* its activity_regularizer is for the layers it is made of */      \
    bool is_model;          /* the struct begins with a cn_model; see cornu/subclass.h */       \
    /* The names of call's tensors where it takes them one by one, "query value key"; the last  \
     * may take all that are left, "sequence initial_state*". Default: one list of them. */     \
    cn_str inputs;                                                                              \
    cn_str arguments; /* further ones and their defaults, "reverse=false" */                    \
    /* Of a cell, which cn_rnn leads along sequences and whose call takes x (batch, ...) of     \
     * one step, then the states, and gives the output, then the new states (cn_tuple): the     \
     * shapes of the states without the batch, CN_MAX_STATES at most; how many there are. */    \
    int (*state_size)(const self_type *self, cn_shape *sizes);                                  \
    /* Called once before the steps of a sequence. What it makes, such as dropout masks, is     \
     * the same in all of them. The first axis of `x` is the batch. */                          \
    bool (*begin)(self_type * self, cn_tensor * x, bool training);                              \
    /* What a cell's call does with x before it needs the states: done for all steps at once,   \
     * x (..., features) to one result or several (cn_tuple), (..., anything). `step` then      \
     * stands in for call, and gets each step's part of these results, then the states. */      \
    cn_tensor *(*project)(self_type * self, cn_tensor * x);                                     \
    cn_tensor *(*step)(self_type * self, const cn_inputs *in);                                  \
    bool (*reset_state)(self_type * self); /* what is kept from call to call: to zero */
#define CN_LAYER_METHODS_(id, self_type)   \
    typedef struct id##_methods {          \
        CN_LAYER_METHOD_FIELDS_(self_type) \
    } id##_methods;
CN_LAYER_METHODS_(cn_layer, void)

/* The struct of a layer whose options exist; `...` are its other fields. */
#define CN_LAYER_STRUCT(id, table, ...) \
    typedef struct id {                 \
        cn_layer layer;                 \
        table(CN_FIELD_) __VA_ARGS__    \
    } id;                               \
    CN_LAYER_METHODS_(id, id)           \
    CN_OWN_ROWS(id, table, CN_LAYER_PARAMS, name)
/* An own layer's options and struct. */
#define CN_LAYER(id, table, ...)           \
    CN_OPTIONS(id, table, CN_LAYER_PARAMS) \
    CN_LAYER_STRUCT(id, table, __VA_ARGS__)
/* Its class record and constructor; known by name before main. Python's load_model finds its class
 * by custom_objects={"id": …}; one registered there in a package, which register_keras_serializable
 * calls "Custom" if nothing is said, by CN_REGISTER_LAYER_IN("Custom", id, …). */
#define CN_REGISTER_LAYER(id, ...) CN_REGISTER_LAYER_IN(NULL, id, __VA_ARGS__)
#define CN_REGISTER_LAYER_IN(package_, id, ...)                             \
    static const id##_methods id##_methods_ = {__VA_ARGS__};                \
    static const cn_class id##_class = {.family = CN_LAYERS,                \
                                        .name = #id,                        \
                                        .package = package_,                \
                                        .params = id##_params,              \
                                        .defaults = &id##_defaults,         \
                                        .size = sizeof(id),                 \
                                        .methods = &id##_methods_};         \
    static inline cn_layer *cn_##id##_new(const cn_##id##_options *options) \
    {                                                                       \
        return cn_layer_new(&id##_class, options);                          \
    }                                                                       \
    __attribute__((constructor)) static void id##_register(void)            \
    {                                                                       \
        (void)cn_##id##_new; /* which few may call */                       \
        cn_register_class(&id##_class);                                     \
    }
/* A constructor call with Python's convention: positional arguments, then keywords. */
#define CN_MAKE(id, table, ...) \
    (CN_MARK("cn_" #id),        \
     cn_##id##_new(CN_GIVEN_(id, table(CN_DEFAULT_) CN_LAYER_PARAMS(CN_DEFAULT_), __VA_ARGS__)))

/* A layer of that class; `options` is the class's options struct (NULL: defaults). */
CN_API cn_layer *cn_layer_new(const cn_class *cls, const void *options);

/* ---- for build and call ---- */

typedef struct cn_weight_options {
    cn_at at;
    cn_initializer initializer; /* default: glorot_uniform for floats, zeros else */
    cn_regularizer regularizer;
    cn_constraint constraint;
    bool trainable CN_OTHERWISE(true);
    cn_dtype dtype; /* default: the layer's */
} cn_weight_options;
/* A new variable of the layer, initialised. Dimensions must be known. */
CN_API cn_tensor *cn_add_weight_with(void *layer, cn_str name, cn_shape shape,
                                     const cn_weight_options *options);
#define cn_add_weight(layer, name, ...) CN_ADD_WEIGHT_(layer, name, __VA_ARGS__, .at = CN_AT)
#define CN_ADD_WEIGHT_(layer, name, shape, ...) \
    cn_add_weight_with(layer, name, shape, &(cn_weight_options){.trainable = true, __VA_ARGS__})
/* Makes `child` a part of `layer`: its weights are the layer's, and are saved under `attribute`.
 * Returns child. */
CN_API void *cn_add_sublayer(void *layer, cn_str attribute, void *child);
/* A variable made elsewhere becomes a weight of this layer too: trained once, counted once below a
 * model that has both, written under both. Returns it. */
CN_API cn_tensor *cn_share_weight(void *layer, cn_tensor *variable);
/* Inside call: adds a scalar (or per-sample values, which are summed) to what training minimises.
 */
CN_API bool cn_add_loss(void *layer, cn_tensor *loss);
/* Inside call: gives the variable a value when the call is over, in steps of training alone; the
 * rest of the call still reads the old one. keras.Layer.add_update of older Keras. */
CN_API bool cn_add_update(void *layer, cn_tensor *variable, cn_tensor *value);
/* The seed for this call of the layer: from a generator of the layer's own, whose state is saved
 * with it. */
CN_API cn_tensor *cn_layer_seed(void *layer);
/* The dtype of the layer's computation (and, unless its policy is a mixed one, of its weights). */
CN_API cn_dtype cn_layer_dtype(const void *layer);
/* The mask that came with a tensor, or NULL; and the same tensor with a mask. */
CN_API cn_tensor *cn_mask_of(const cn_tensor *tensor);
CN_API cn_tensor *cn_with_mask(cn_tensor *tensor, cn_tensor *mask);

/* ---- calling ---- */

/* An input that is not given. NULL is one that could not be made, if an error is recorded: the call
 * fails, too, rather than go on without it. */
#define CN_ABSENT ((cn_tensor *)1)
typedef struct cn_call_options {
    cn_at at;
    cn_tensor *x0;
    cn_tensor *x1 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x2 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x3 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x4 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x5 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x6 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x7 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x8 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x9 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x10 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x11 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x12 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x13 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x14 CN_OTHERWISE(CN_ABSENT);
    cn_tensor *x15 CN_OTHERWISE(CN_ABSENT);
    int training CN_OTHERWISE(CN_NONE); /* 1, 0, or CN_NONE: as the layer around it is called */
    cn_tensor *mask;
    const cn_list *inputs; /* instead of x0 … */
    cn_str arguments;      /* further ones: "use_causal_mask=true" */
    const struct cn_call_details *details_;
} cn_call_options;
/* Calls a layer or model on tensors. On symbolic ones (cn_input) it becomes part of a functional
 * model; on others it is an expression like any other. Builds the layer if that has not happened.
 */
#define cn_call(layer, ...)                                                                       \
    (CN_MARK("cn_call"),                                                                          \
     cn_call_with(layer, &(cn_call_options){CN_NO_MORE_INPUTS_, .training = CN_NONE, .at = CN_AT, \
                                            __VA_ARGS__}))
#define CN_NO_MORE_INPUTS_                                                                \
    .x1 = CN_ABSENT, .x2 = CN_ABSENT, .x3 = CN_ABSENT, .x4 = CN_ABSENT, .x5 = CN_ABSENT,  \
    .x6 = CN_ABSENT, .x7 = CN_ABSENT, .x8 = CN_ABSENT, .x9 = CN_ABSENT, .x10 = CN_ABSENT, \
    .x11 = CN_ABSENT, .x12 = CN_ABSENT, .x13 = CN_ABSENT, .x14 = CN_ABSENT, .x15 = CN_ABSENT
CN_API cn_tensor *cn_call_with(void *layer, const cn_call_options *options);

/* The shape of the (first) output for an input of that shape, CN_ANY where open, by running `call`
 * without values; makes the weights where they are missing. Rank 0 on failure.
 * keras.Layer.compute_output_shape */
CN_API cn_shape cn_compute_output_shape(void *layer, cn_shape input);

/* Makes the weights for inputs of these shapes. Does nothing where they exist. */
CN_API bool cn_layer_build(void *layer, const cn_shapes *in);

/* ---- looking ---- */

/* All variables below a layer or model in Keras's order: trainable first, or as they come. New
 * lists. */
CN_API cn_list *cn_weights(void *layer);
CN_API cn_list *cn_trainable_weights(void *layer);
CN_API cn_list *cn_non_trainable_weights(void *layer);
/* The number of elements of all weights. */
CN_API int64_t cn_count_params(void *layer);
/* The layer's own weight of that name, cn_layer_weight(dense, "kernel"). Error CN_ENOTFOUND listing
 * the names. And is there one? */
CN_API cn_tensor *cn_layer_weight(void *layer, cn_str name);
CN_API bool cn_has_weight(void *layer, cn_str name);
/* "Dense". */
CN_API cn_str cn_class_name(const void *object);
/* What the layer's i-th call on symbolic tensors took (the first of several) and made; calls count
 * from 0. Error outside. keras.Layer.get_input_at, get_output_at */
CN_API cn_tensor *cn_get_input_at(void *layer, int node);
CN_API cn_tensor *cn_get_output_at(void *layer, int node);
/* The same of its only call; of a model its own input and output. Errors: it was never called; it
 * was called several times, which the message counts. keras.Layer.input, output */
CN_API cn_tensor *cn_get_input(void *layer);
CN_API cn_tensor *cn_get_output(void *layer);
/* What a layer or model adds to the loss now, a tensor each: by cn_add_loss and activity
 * regularizers in its last call on values, by regularizers of trainable weights, and by functions
 * of finished layers. A new list. keras.Layer.losses */
CN_API cn_list *cn_losses(void *layer);
/* A loss of a finished layer, computed anew in each step: a scalar (or values, which are summed).
 * What it reads of `user` counts as it was when the step was planned. Before cn_compile. It is not
 * saved. layer.add_loss(lambda: …) of older Keras. */
typedef cn_tensor *(*cn_layer_loss_function)(cn_layer *layer, void *user);
CN_API bool cn_add_loss_function(void *layer, cn_layer_loss_function function, void *user);

typedef struct cn_regularize_options {
    cn_at at;
    cn_regularizer kernel, bias; /* NULL: they keep what they have */
    cn_str classes;              /* of the layers, "Conv2D Dense"; NULL: all */
} cn_regularize_options;
/* Gives the kernels and biases of all layers below a model regularizers, as if the layers had been
 * made with them: cn_regularize_layers(model, .kernel = "l2(1e-4)", .classes = "Conv2D Dense").
 * Before cn_compile. Returns how many weights got one; -1 on failure. */
CN_API int cn_regularize_layers_with(void *model, const cn_regularize_options *options);
#define cn_regularize_layers(model, ...) \
    cn_regularize_layers_with(model, &(cn_regularize_options){.at = CN_AT, __VA_ARGS__})
/* Sets what a layer and those below keep from call to call, such as the states of stateful RNNs,
 * to zero. keras.layers.RNN.reset_state */
CN_API bool cn_reset_state(void *layer);
/* Memory against time: what the block's layers and ops compute is not kept for the gradients but
 * computed again when these want it. Layers are meant that are made in the block, whenever they are
 * called, and ops that are called in it:
 *
 *     CN_REMAT_SCOPE() model = cn_resnet50(.weights = NULL);
 *     CN_REMAT_SCOPE("list_of_layers", .layer_names = "dense_1, conv2d") { … }
 *
 * The mode is "full" (all), "activations" (the activations of layers), "larger_than" (layers whose
 * results have more elements than output_size_threshold), "list_of_layers", or NULL: none, within
 * another scope. Nothing else changes, to the bit. Some tensors are still kept, so that the rest is
 * computed again piece by piece: which, the plan chooses. keras.RematScope, keras.remat */
typedef struct cn_remat {
    cn_at at;
    cn_str mode; /* "full" */
    int64_t output_size_threshold;
    cn_str layer_names; /* with commas between */
    struct cn_remat *outer_;
    unsigned marks_;
    bool open_;
} cn_remat;
#define CN_REMAT_SCOPE(...)                                                           \
    for (cn_remat cn_remat_ CN_AT_END_(cn_remat_end) = {.mode = "full",               \
                                                       .output_size_threshold = 1024, \
                                                       .at = CN_AT,                   \
                                                       __VA_ARGS__};                  \
         cn_remat_next(&cn_remat_);)
/* What CN_REMAT_SCOPE does: false after its one turn, and for a mode that is none of these. */
CN_API bool cn_remat_next(cn_remat *scope);
CN_API void cn_remat_end(cn_remat *scope);
/* Sets `trainable` for the layer and all below. */
CN_API void cn_set_trainable(void *layer, bool trainable);
/* The learning rate of a layer's weights and of all below (or of a variable) is multiplied by this
 * from the next step on: 0 freezes them. The same as the option learning_rate_multiplier, and saved
 * like it. Error: a negative number. */
CN_API bool cn_set_lr_multiplier(void *layer, double multiplier);

#endif
