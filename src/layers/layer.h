/* The contract of layers, inside. A built-in layer is a file:
 *
 *     CN_LAYER_STRUCT(dense, CN_DENSE, cn_tensor *kernel, *bias;)
 *     static bool build(dense *self, const cn_shapes *in) { … }
 *     static cn_tensor *call(dense *self, const cn_inputs *in) { … }
 *     CN_BUILTIN_LAYER(dense, "Dense", NULL, .build = build, .call = call)
 *
 * with its table in a cornu/layers_….h and a row CN_BUILTIN(dense) in src/layers/builtin.def. */
#ifndef CN_LAYERS_LAYER_H
#define CN_LAYERS_LAYER_H

#include "config/instance.h"
#include "cornu/layers.h"
#include "graph/shape.h"
#include "graph/tensor.h"

#define CN_BUILTIN_LAYER(id, name_, aliases_, ...) \
    CN_BUILTIN_LAYER_OF(id, id, name_, aliases_, __VA_ARGS__)
/* A class with the struct, table and options of `base`: conv2d of conv. */
#define CN_BUILTIN_LAYER_OF(base, id, name_, aliases_, ...)         \
    static const base##_methods id##_methods_ = {__VA_ARGS__};      \
    extern const cn_class cn_##id##_class;                          \
    const cn_class cn_##id##_class = {.family = CN_LAYERS,          \
                                      .name = name_,                \
                                      .aliases = aliases_,          \
                                      .built_in = true,             \
                                      .package = "keras.layers",    \
                                      .params = base##_params,      \
                                      .defaults = &base##_defaults, \
                                      .size = sizeof(base),         \
                                      .methods = &id##_methods_};   \
    cn_layer *cn_##id##_new(const cn_##id##_options *options)       \
    {                                                               \
        return cn_layer_new(&cn_##id##_class, options);             \
    }

/* A new weight whose initializer, regularizer and constraint are what the layer's parameters say
 * that begin with `stem`: kernel_initializer, … */
#define cn_add_weight_of(layer, name, stem, shape) \
    cn_add_weight_of_(layer, name, stem, CN_SHAPE_(shape))
cn_tensor *cn_add_weight_of_(void *layer, cn_str name, cn_str stem, const cn_shape *shape);

/* One symbolic call: Keras's node. */
typedef struct cn_call_record {
    cn_object object;
    cn_tensor *node; /* what it made; not held: it holds the record */
    cn_layer *layer; /* held */
    size_t index;    /* its place among the layer's calls */
    cn_list *inputs; /* held */
    int training;    /* given by the caller, or CN_NONE */
    cn_list *masks;  /* as in cn_call_details; held */
    cn_json *arguments, *call;
} cn_call_record;

/* What a call may get besides tensors and the training flag. All may be NULL. */
typedef struct cn_call_details {
    const cn_list *masks;     /* of the inputs, in their order; cn_none() where none is given */
    const cn_json *arguments; /* further ones by name */
    /* {"args": [...], "kwargs": {...}} as a file has them, where a tensor is {"class_name":
     * "__keras_tensor__", "config": {"input": i}} (or "mask": i). */
    const cn_json *call;
} cn_call_details;

/* A loss that a finished layer was given. */
typedef struct cn_added_loss {
    cn_layer_loss_function function;
    void *user;
} cn_added_loss;

/* What the public face does not show. */
typedef enum cn_remat_mode {
    CN_REMAT_NONE,
    CN_REMAT_ALL,
    CN_REMAT_ACTIVATIONS,
    CN_REMAT_LARGER
} cn_remat_mode;
/* What CN_REMAT_SCOPE says of a layer that is made now. */
void cn_remat_layer(cn_layer *layer);
/* Marks what was made for y since the tensor of that id, where the layer wants so of large ones. */
bool cn_remat_result(const cn_layer *layer, cn_tensor *y, uint64_t first);

struct cn_layer_state {
    char **attributes; /* of the layers held, in their order: "forward_layer" */
    size_t n_attributes, attributes_capacity;
    cn_call_record **calls; /* on symbolic tensors, in order; not held; NULL: gone */
    size_t n_calls, calls_capacity;
    bool made;            /* its init is over */
    cn_remat_mode remat;  /* what of its calls is computed again for gradients, and */
    int64_t remat_size;   /* of how large results: CN_REMAT_LARGER */
    bool building;        /* its build runs */
    bool built_first;     /* read from a file that says how it was built: Keras builds it before
                           * what holds it, whose name its variables' paths therefore lack */
    bool given_more;      /* it was given a layer from outside: its options do not say all of it */
    cn_added_loss *added; /* by cn_add_loss_function */
    size_t n_added, added_capacity;
    cn_list *last_losses;  /* what the last eager call of it added to the loss; held; or NULL */
    cn_json *build_shapes; /* what build was called with, as files show it; or NULL */
    cn_list *hidden;       /* variables that Keras has not, of cn_add_hidden; held; or NULL */
    cn_tensor *seed;       /* the state of the layer's seed generator, uint32 (2,); or NULL */
};

/* The record of the call that made a symbolic tensor, or NULL (an input; an op). */
cn_call_record *cn_record_of(const cn_tensor *tensor);
/* The input layer of a cn_input tensor is its record's layer, with no inputs. */
extern const cn_op cn_op_call;
/* A symbolic tensor that stands for a layer's result(s). */
cn_tensor *cn_symbolic(cn_layer *layer, cn_list *inputs, const cn_results *results,
                       const cn_call_options *options);

/* cn_call(layer, x): its options are long where they are written. */
cn_tensor *cn_call_one(void *layer, cn_tensor *x);
/* One call on tensors that are there, or on placeholders. */
cn_tensor *cn_call_on_values(cn_layer *layer, const cn_list *x, const cn_call_options *options);
/* The shape that the layer's compute_output_shape says for inputs of these shapes; false: it has
 * none. */
bool cn_declared_shape(cn_layer *layer, cn_tensor *const *x, size_t count, cn_shape *shape);
/* What regularizers and functions of finished layers add to the loss. New list. */
cn_list *cn_penalties(void *layer);
/* The layer's own variable of that name, or NULL (no error). */
cn_tensor *cn_find_weight(const cn_layer *layer, const char *name);

/* Makes the layer's weights for these tensors, where that has not happened. */
bool cn_build_for(cn_layer *layer, const cn_list *x);
/* What the layer makes of such tensors, placeholders standing in for symbolic ones: shapes and
 * dtypes go to `results`. */
bool cn_dry_run(cn_layer *layer, const cn_list *x, const cn_call_options *options,
                cn_results *results);
/* The same for the shapes that a configuration has: [null, 3], or a list of such; floats. Builds
 * the layer. */
bool cn_dry_run_for(cn_layer *layer, const cn_json *shapes, cn_results *results);

const cn_layer_methods *cn_methods_of(const void *layer);
/* "dense", "dense_1", … for this thread's session. In a per-thread buffer. */
const char *cn_unique_name(const char *prefix);
void cn_forget_names(void);
/* Lives as long as the program. */
const char *cn_intern(const char *text);

/* While a layer of a mixed policy is called, its fields hold its trainable floats in bfloat16, and
 * casts to that are loose (mixed.c). */
typedef struct cn_mixed_call {
    cn_list *values; /* of the layer's weights, in their order; NULL: nothing was changed */
    bool loose;      /* before */
} cn_mixed_call;
bool cn_is_mixed(const cn_layer *layer);
cn_dtype cn_variable_dtype(const cn_layer *layer); /* of its weights */
/* The layer's dtype becomes a name: the policy in force where it is NULL, and what files say of
 * one, {"class_name": "DTypePolicy", "config": {"name": "float32"}}, its. False: not supported. */
bool cn_normalize_policy(cn_layer *layer);
void cn_mixed_begin(cn_mixed_call *call, cn_layer *layer);
void cn_mixed_end(const cn_mixed_call *call, cn_layer *layer);

/* Around everything that calls layers: whether it trains, and where losses that layers add are
 * gathered. */
typedef struct cn_call_scope {
    struct cn_call_scope *outer;
    int training; /* 1, 0 or CN_NONE: as outside */
    cn_list *losses;
    cn_layer *layer;
    bool building;     /* the layer is built, not called */
    cn_list *updates;  /* of this call alone: variable, value, variable, … */
    const char *named; /* the layer whose name tensors got before, */
    unsigned marks;    /* and what marks */
    cn_caller caller;  /* where the user called */
    cn_mixed_call mixed;
} cn_call_scope;
/* The innermost one of a call, or NULL. */
cn_call_scope *cn_call_scope_now(void);
void cn_call_scope_begin(cn_call_scope *scope, int training, cn_list *losses, cn_layer *layer);
void cn_call_scope_end(cn_call_scope *scope);
bool cn_is_training(void);
/* What layers added to the loss since the scope that gathers it began; borrowed; or NULL. */
const cn_list *cn_call_scope_losses(void);
/* Is the layer being called? */
bool cn_call_scope_has(const cn_layer *layer);
/* "outer/inner" of the layers that are being called now, but for functional models. At most `size`
 * bytes; returns `text`. */
char *cn_call_scope_path(char *text, size_t size);
/* The layer that the layer being called holds for this activation of its (the very text of its
 * field); or NULL. */
void *cn_held_activation(const char *spec);
/* One of a built layer's functions alone, on that; the mask is of the first. Losses as in a scope.
 */
typedef cn_tensor *(*cn_layer_function)(void *self, const cn_inputs *in);
cn_tensor *cn_call_bare(cn_layer *layer, cn_layer_function function, const cn_list *x,
                        cn_tensor *mask, int training, cn_list *losses);

/* The layer that it holds for that parameter, an activation; or NULL. */
cn_layer *cn_held_for(const cn_layer *layer, const cn_param *p);

/* Own variables in the order of Keras's files: trainable ones first. New list. */
cn_list *cn_own_weights(const cn_layer *layer);
/* All layers below, each once, parents first; and all variables, seeds too. New lists. */
cn_list *cn_all_layers(void *layer);
cn_list *cn_all_variables(void *layer);
/* While on, weights are left zero: their values are about to be read from a file. Returns what it
 * was. */
bool cn_skip_initializers(bool skip);

/* A variable of zeros that Keras's layer has not: no weight, but saved where Keras passes over it.
 */
cn_tensor *cn_add_hidden(void *layer, cn_str name, cn_shape shape, cn_dtype dtype);
/* Makes the state of the layer's seed generator, which Keras has from the beginning; cn_layer_seed
 * makes it where that was not done. */
bool cn_add_seed(void *layer);

/* x cast to the dtype that the layer computes in when it is a float. */
cn_tensor *cn_autocast(const cn_layer *layer, cn_tensor *x);

#endif
