/* Models: Sequential and functional, their training and use. keras.Model */
#ifndef CORNU_MODELS_H
#define CORNU_MODELS_H

#include <cornu/data.h>
#include <cornu/layers.h>
#include <cornu/losses.h>
#include <cornu/metrics.h>
#include <cornu/optimizers.h>

/* A model is a layer that can be compiled and trained. */
typedef struct cn_model {
    cn_layer layer;
    cn_list *inputs, *outputs; /* symbolic; NULL before a Sequential knows its input */
    cn_tensor *input, *output; /* the first of each */
    cn_optimizer *optimizer;   /* after cn_compile */
    bool stop_training;        /* set by a callback: the epoch is the last */
    struct cn_model_state *state_;
} cn_model;

/* ---- making ---- */

typedef struct cn_input_options {
    cn_at at;
    /* The shape without the batch; CN_ANY where open. */
    int64_t d0 CN_OTHERWISE(CN_UNSET), d1 CN_OTHERWISE(CN_UNSET), d2 CN_OTHERWISE(CN_UNSET),
        d3 CN_OTHERWISE(CN_UNSET), d4 CN_OTHERWISE(CN_UNSET), d5 CN_OTHERWISE(CN_UNSET),
        d6 CN_OTHERWISE(CN_UNSET);
    cn_str name;
    cn_dtype dtype CN_OTHERWISE(CN_FLOAT32);
    int64_t batch_size CN_OTHERWISE(CN_ANY);
    const cn_shape *shape; /* instead of d0 …: the whole shape, batch and all */
} cn_input_options;
/* A symbolic tensor: data to come. cn_input(28, 28, 1, .name = "picture"). keras.Input */
#define cn_input(...)                                                            \
    (CN_MARK("cn_input"), cn_input_new(&(cn_input_options){.d0 = CN_UNSET,       \
                                                           .d1 = CN_UNSET,       \
                                                           .d2 = CN_UNSET,       \
                                                           .d3 = CN_UNSET,       \
                                                           .d4 = CN_UNSET,       \
                                                           .d5 = CN_UNSET,       \
                                                           .d6 = CN_UNSET,       \
                                                           .dtype = CN_FLOAT32,  \
                                                           .batch_size = CN_ANY, \
                                                           .at = CN_AT,          \
                                                           __VA_ARGS__}))
CN_API cn_tensor *cn_input_new(const cn_input_options *options);

/* Layers one after the other; the first may be a cn_input. Without one the model builds itself on
 * its first data. */
#define cn_sequential(...)                                                \
    cn_sequential_new(CN_HERE_("cn_sequential", (void *[]){__VA_ARGS__}), \
                      sizeof((void *[]){__VA_ARGS__}) / sizeof(void *), NULL)
CN_API cn_model *cn_sequential_new(void *const *layers, size_t count, cn_str name);
/* Appends a layer to a Sequential model. */
CN_API bool cn_model_add(cn_model *model, cn_layer *layer);

/* The model from inputs to outputs, each a tensor or a list: cn_functional(x, cn_list_of(y1, y2)).
 */
#define CN_LIST_(x) _Generic((x), cn_list * : cn_list_self, default : cn_list_single)(x)
#define cn_functional(inputs, outputs) \
    (CN_MARK("cn_functional"), cn_functional_new(CN_LIST_(inputs), CN_LIST_(outputs), NULL))
CN_API cn_model *cn_functional_new(cn_list *inputs, cn_list *outputs, cn_str name);
/* The list itself. */
CN_API cn_list *cn_list_self(cn_list *list);

/* The layer of that name; error CN_ENOTFOUND listing the names. And the i-th (negative: from the
 * end). */
CN_API cn_layer *cn_get_layer(cn_model *model, cn_str name);
CN_API cn_layer *cn_get_layer_at(cn_model *model, int index);

/* The layer as the model that it is; error where it is none. */
CN_API cn_model *cn_as_model(void *layer);

/* What the i-th input (output) is called: its key where the model's are a dict, else the name of
 * its layer, with _1, _2, … where that repeats. NULL outside. */
CN_API cn_str cn_model_input_name(cn_model *model, size_t i);
CN_API cn_str cn_model_output_name(cn_model *model, size_t i);

/* ---- training ---- */

enum { CN_MAX_SPECS = 16 };
/* Specs in order: of losses for the outputs, of metrics; or "output_name: spec" for the output of
 * that name. */
typedef struct cn_specs {
    cn_str s[CN_MAX_SPECS];
} cn_specs;
typedef struct cn_compile_options {
    cn_at at;
    cn_str optimizer CN_OTHERWISE("rmsprop"); /* NULL: none; cn_fit is an error then */
    cn_specs loss; /* one for all outputs, or one each; none: losses come from layers only */
    double loss_weights[CN_MAX_SPECS]; /* all zero: 1 each */
    cn_specs metrics, weighted_metrics;
} cn_compile_options;
#define cn_compile(model, ...) \
    (CN_MARK("cn_compile"),    \
     cn_compile_with(model,    \
                     &(cn_compile_options){.optimizer = "rmsprop", .at = CN_AT, __VA_ARGS__}))
/* Makes the model ready for training. Errors: unknown names, more losses than outputs. */
CN_API bool cn_compile_with(cn_model *model, const cn_compile_options *options);

typedef struct cn_recompile_options {
    cn_at at;
    cn_str optimizer; /* starts afresh */
    cn_str loss;      /* a spec, or JSON: one, a list, an object by output */
    cn_str metrics;   /* specs with commas between, or JSON */
} cn_recompile_options;
/* Changes some of what a model was compiled with; what is not given (NULL) stays. */
#define cn_recompile(model, ...) \
    (CN_MARK("cn_recompile"),    \
     cn_recompile_with(model, &(cn_recompile_options){.metrics = NULL, .at = CN_AT, __VA_ARGS__}))
CN_API bool cn_recompile_with(cn_model *model, const cn_recompile_options *options);
/* Was it compiled? */
CN_API bool cn_is_compiled(const cn_model *model);

typedef struct cn_history cn_history;
typedef struct cn_callback cn_callback;
enum { CN_MAX_CALLBACKS = 16, CN_AUTO = -1 };
typedef struct cn_callback_array {
    cn_callback *c[CN_MAX_CALLBACKS];
} cn_callback_array;

typedef struct cn_fit_options {
    cn_at at;
    int epochs CN_OTHERWISE(1), batch_size; /* batch_size 0: 32, or the dataset's */
    /* 0 silent, 1 a bar, 2 a line an epoch; CN_AUTO: 1 on a terminal, else 2 */
    int verbose CN_OTHERWISE(CN_AUTO);
    cn_callback_array callbacks;
    double validation_split;
    cn_dataset *validation_data;
    bool shuffle CN_OTHERWISE(true);
    const double *class_weight; /* by class, `classes` of them */
    int classes;
    int initial_epoch;
    int steps_per_epoch, validation_steps, validation_batch_size;
    int validation_freq CN_OTHERWISE(1);
} cn_fit_options;
#define CN_FIT_DEFAULTS_ .epochs = 1, .verbose = CN_AUTO, .shuffle = true, .validation_freq = 1,
/* Trains; keras.Model.fit. NULL on failure: not compiled, shapes that do not fit, no samples, a
 * callback's error. */
#define cn_fit(model, dataset, ...) \
    (CN_MARK("cn_fit"), CN_FIT_(model, dataset, CN_FIT_DEFAULTS_.at = CN_AT, __VA_ARGS__))
#define CN_FIT_(model, dataset, ...) cn_fit_with(model, dataset, &(cn_fit_options){__VA_ARGS__})
CN_API cn_history *cn_fit_with(cn_model *model, cn_dataset *dataset, const cn_fit_options *options);

typedef struct cn_run_options {
    cn_at at;
    int batch_size, verbose, steps;
    cn_callback_array callbacks;
} cn_run_options;
/* Loss and metrics over the dataset, in the order of their names; cn_logs_get reads them by name.
 * NULL on failure. */
CN_API struct cn_logs *cn_evaluate_with(cn_model *model, cn_dataset *dataset,
                                        const cn_run_options *options);
#define cn_evaluate(model, ...) CN_EVALUATE_(model, __VA_ARGS__, .at = CN_AT)
#define CN_EVALUATE_(model, dataset, ...) \
    (CN_MARK("cn_evaluate"),              \
     cn_evaluate_with(model, dataset, &(cn_run_options){.verbose = CN_AUTO, __VA_ARGS__}))
/* What the model says of each sample: a tensor, or (cn_nth) several. */
CN_API cn_tensor *cn_predict_with(cn_model *model, cn_dataset *dataset,
                                  const cn_run_options *options);
#define cn_predict(model, ...) CN_PREDICT_(model, __VA_ARGS__, .at = CN_AT)
#define CN_PREDICT_(model, data, ...) \
    (CN_MARK("cn_predict"),           \
     cn_predict_with(model, CN_DATASET_(data), &(cn_run_options){__VA_ARGS__}))

/* One step on one batch; the loss, or NaN on failure. */
CN_API double cn_train_on_batch(cn_model *model, cn_tensor *x, cn_tensor *y,
                                cn_tensor *sample_weight);
CN_API double cn_test_on_batch(cn_model *model, cn_tensor *x, cn_tensor *y,
                               cn_tensor *sample_weight);
CN_API cn_tensor *cn_predict_on_batch(cn_model *model, cn_tensor *x);
/* One prediction at full speed: x and y are arrays of one batch of `size` samples in row-major
 * order, of the model's dtypes. Plans once for each size; then allocates nothing. */
CN_API bool cn_predict_into(cn_model *model, const void *x, int64_t size, void *y);

/* ---- what fit returns ---- */

/* The epochs that were run. keras.callbacks.History */
CN_API size_t cn_history_epochs(const cn_history *history);
/* How many names were logged, and the i-th: the loss, those of outputs, the metrics in the order in
 * which compile got them, the val_ forms in the same, what callbacks added. */
CN_API size_t cn_history_count(const cn_history *history);
CN_API cn_str cn_history_name(const cn_history *history, size_t i);
/* The value of a name in the epoch-th row (negative: from the end); NaN where there is none. */
CN_API double cn_history_get(const cn_history *history, cn_str name, int row);
/* The least and largest of a name's values. */
CN_API double cn_history_min(const cn_history *history, cn_str name);
CN_API double cn_history_max(const cn_history *history, cn_str name);
/* Writes .csv, .json (the dictionary of lists that Keras calls history.history) or .pkl (the same
 * for Python's pickle.load), by the extension. */
CN_API bool cn_history_save(const cn_history *history, cn_str path);

/* ---- looking ---- */

/* Prints Keras's table of layers, shapes and parameters to standard output; and the same as text,
 * borrowed from the model until the next call. A last line names the layers of your own that have
 * no compute_output_shape: their shapes were inferred by a dry run of call. */
CN_API bool cn_summary(cn_model *model);
CN_API cn_str cn_summary_text(cn_model *model);

/* ---- files ---- */

typedef struct cn_save_options {
    cn_at at;
    cn_str path;
    bool include_optimizer; /* the optimizer's state, and the order in which data were read */
} cn_save_options;
/* Writes `.keras` (all: architecture, weights, compile settings, optimizer state) or `.h5` by the
 * extension; .include_optimizer = false leaves the state out: the optimizer starts afresh where the
 * file is loaded. The file is written beside its target and renamed: an old one is replaced whole
 * or not at all. keras.Model.save */
CN_API bool cn_save_with(cn_model *model, const cn_save_options *options);
/* The weights alone, as `.weights.h5`; a name without one of these endings will do.
 * .include_optimizer = true adds the optimizer's state, as Keras 3 does. */
CN_API bool cn_save_weights_with(cn_model *model, const cn_save_options *options);
#ifdef __cplusplus
static inline bool cn_save(cn_model *model, cn_str path, bool include_optimizer = true)
{
    cn_save_options options{};
    options.path = path;
    options.include_optimizer = include_optimizer;
    return cn_save_with(model, &options);
}
static inline bool cn_save_weights(cn_model *model, cn_str path, bool include_optimizer = false)
{
    cn_save_options options{};
    options.path = path;
    options.include_optimizer = include_optimizer;
    return cn_save_weights_with(model, &options);
}
#else
#define cn_save(model, ...) CN_SAVE_(cn_save, model, true, __VA_ARGS__)
#define cn_save_weights(model, ...) CN_SAVE_(cn_save_weights, model, false, __VA_ARGS__)
#define CN_SAVE_(name, model, optimizer, ...) \
    (CN_MARK(#name),                          \
     name##_with(model,                       \
                 &(cn_save_options){.include_optimizer = optimizer, .at = CN_AT, __VA_ARGS__}))
#endif
/* Opens a file that Keras or Cornu wrote. Errors: CN_ENOTFOUND, CN_EFORMAT, CN_EUNSUPPORTED naming
 * the class. */
typedef struct cn_load_options {
    cn_at at;
    cn_str path;
    bool compile CN_OTHERWISE(true); /* with what it was compiled with */
} cn_load_options;
#define cn_load_model(...)     \
    (CN_MARK("cn_load_model"), \
     cn_load_model_with(&(cn_load_options){.compile = true, .at = CN_AT, __VA_ARGS__}))
CN_API cn_model *cn_load_model_with(const cn_load_options *options);
/* What of the file was left out, and why: the state of an optimizer that does not fit the model's
 * variables, as in files that were saved before any training; what skip_mismatch skipped. NULL:
 * nothing. */
CN_API cn_str cn_load_note(const cn_model *model);
typedef struct cn_load_weights_options {
    cn_at at;
    cn_str path;
    bool skip_mismatch; /* leave out what does not fit, instead of an error; cn_load_note says what
                         */
    bool by_name;       /* .h5 only: layers by their names, in any order; others stay as they are */
} cn_load_weights_options;
/* Reads a model's weights; from `.weights.h5` the optimizer's state too, where it fits. From a
 * `.h5`, of whole models or of weights alone, in the order of the layers.
 * keras.Model.load_weights */
CN_API bool cn_load_weights_with(cn_model *model, const cn_load_weights_options *options);
#ifdef __cplusplus
static inline bool cn_load_weights(cn_model *model, cn_str path, bool skip_mismatch = false,
                                   bool by_name = false)
{
    cn_load_weights_options options{};
    options.path = path;
    options.skip_mismatch = skip_mismatch;
    options.by_name = by_name;
    return cn_load_weights_with(model, &options);
}
#else
#define cn_load_weights(model, ...) \
    (CN_MARK("cn_load_weights"),    \
     cn_load_weights_with(model,    \
                          &(cn_load_weights_options){.by_name = false, .at = CN_AT, __VA_ARGS__}))
#endif
/* The configuration as Keras's JSON; owned by the model until the next call. */
CN_API cn_str cn_model_to_json(cn_model *model);
CN_API cn_model *cn_model_from_json(cn_str json);

#endif
