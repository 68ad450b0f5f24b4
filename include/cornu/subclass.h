/* Models of your own: classes whose `call` is the network, and steps of training, testing and
 * predicting in place of the built-in ones. keras.Model, subclassed
 *
 *     #define MLP(P) P(int, units, 32, "width of the hidden layer")
 *     CN_MODEL(mlp, MLP, cn_layer *hidden, *output;)         the struct: parameters, then layers
 *     static bool init(mlp *self)
 *     {
 *         self->hidden = cn_add_sublayer(self, "hidden", cn_dense(self->units));
 *         self->output = cn_add_sublayer(self, "output", cn_dense(10));
 *         return self->hidden && self->output;
 *     }
 *     static cn_tensor *call(mlp *self, const cn_inputs *in)
 *     {
 *         return cn_call(self->output, cn_call(self->hidden, in->x[0]));
 *     }
 *     CN_REGISTER_MODEL(mlp, .init = init, .call = call)
 *     #define mlp(...) CN_MAKE(mlp, MLP, __VA_ARGS__)        cn_model *model = mlp(.units = 64); */
#ifndef CORNU_SUBCLASS_H
#define CORNU_SUBCLASS_H

#include <cornu/callbacks.h>

/* ---- own classes of models ---- */

/* What a model does besides what a layer does; only call is needed. Steps are run once for each
 * signature of a batch (shapes, dtypes), to see what they compute; all of it becomes one plan. */
#define CN_MODEL_METHODS_(id, self_type)                                             \
    typedef struct id##_methods {                                                    \
        CN_LAYER_METHOD_FIELDS_(self_type)                                           \
        cn_logs *(*train_step)(self_type * self, const cn_batch *batch);             \
        cn_logs *(*test_step)(self_type * self, const cn_batch *batch);              \
        cn_tensor *(*predict_step)(self_type * self, const cn_batch *batch);         \
        /* The metrics that begin anew with each epoch; default: cn_add_metric's. */ \
        cn_list *(*metrics)(self_type * self);                                       \
    } id##_methods;
CN_MODEL_METHODS_(cn_model, void)

/* An own model's options and struct; `...` are its other fields. */
#define CN_MODEL(id, table, ...)           \
    CN_OPTIONS(id, table, CN_LAYER_PARAMS) \
    typedef struct id {                    \
        cn_model model;                    \
        table(CN_FIELD_) __VA_ARGS__       \
    } id;                                  \
    CN_MODEL_METHODS_(id, id)              \
    CN_OWN_ROWS(id, table, CN_LAYER_PARAMS, name)
/* Its class record and constructor; known by name before main, so that files with it can be
 * loaded. */
#define CN_REGISTER_MODEL(id, ...) CN_REGISTER_MODEL_IN(NULL, id, __VA_ARGS__)
#define CN_REGISTER_MODEL_IN(package_, id, ...)                                \
    static const id##_methods id##_methods_ = {.is_model = true, __VA_ARGS__}; \
    static const cn_class id##_class = {.family = CN_LAYERS,                   \
                                        .name = #id,                           \
                                        .package = package_,                   \
                                        .params = id##_params,                 \
                                        .defaults = &id##_defaults,            \
                                        .size = sizeof(id),                    \
                                        .methods = &id##_methods_};            \
    static inline cn_model *cn_##id##_new(const cn_##id##_options *options)    \
    {                                                                          \
        return (cn_model *)cn_layer_new(&id##_class, options);                 \
    }                                                                          \
    __attribute__((constructor)) static void id##_register(void)               \
    {                                                                          \
        (void)cn_##id##_new; /* which few may call */                          \
        cn_register_class(&id##_class);                                        \
    }

/* For write_config and from_config of classes whose options do not say all of them, such as models
 * that are given layers: values of a configuration under a key. A layer stands there as files have
 * it. Errors: no such key (CN_ENOTFOUND), a value of another type (CN_EFORMAT). */
CN_API bool cn_config_set_layer(cn_json *config, cn_str key, void *layer);
CN_API void *cn_config_layer(const cn_json *config, cn_str key);
CN_API bool cn_config_set_number(cn_json *config, cn_str key, double value);
CN_API double cn_config_number(const cn_json *config, cn_str key);
CN_API bool cn_config_set_text(cn_json *config, cn_str key, cn_str value);
/* Borrowed from the configuration. */
CN_API cn_str cn_config_text(const cn_json *config, cn_str key);

/* Makes `metric` the model's: it is held, logged by cn_compiled_metrics, and begins anew with each
 * epoch. Returns it. */
CN_API cn_metric *cn_add_metric(void *model, cn_metric *metric);
/* All metrics of a compiled model: the loss's, the compiled ones, its own. A new list.
 * keras.Model.metrics */
CN_API cn_list *cn_model_metrics(cn_model *model);

/* ---- own steps ---- */

/* What a step does with a batch of what fit or evaluate got: x, y and sample_weight (or NULL), or
 * the lists of them. What it returns is logged. */
typedef cn_logs *(*cn_step_function)(cn_model *model, const cn_batch *batch, void *user);
typedef cn_tensor *(*cn_predict_function)(cn_model *model, const cn_batch *batch, void *user);
/* A step for this model, in place of its class's; NULL: the class's again. What the step reads of
 * `user` counts as it was when the step was planned: what changes from step to step must be a
 * variable. keras.Model.train_step, test_step, predict_step */
CN_API bool cn_set_train_step(cn_model *model, cn_step_function step, void *user);
CN_API bool cn_set_test_step(cn_model *model, cn_step_function step, void *user);
CN_API bool cn_set_predict_step(cn_model *model, cn_predict_function step, void *user);

/* The loss that the model was compiled with, of y_pred (all of the model's outputs) against the
 * batch's targets; with regularizers and what layers added in this step. A scalar, which the metric
 * "loss" takes in. Errors: not compiled; no loss at all; targets that do not fit. */
CN_API cn_tensor *cn_compiled_loss(void *model, const cn_batch *batch, cn_tensor *y_pred);
/* The compiled metrics take y_pred in; the logs have all that the model's metrics say now. */
CN_API cn_logs *cn_compiled_metrics(void *model, const cn_batch *batch, cn_tensor *y_pred);
/* What metrics say now, by their names. */
CN_API cn_logs *cn_metric_logs(const cn_list *metrics);

/* The built-in steps. */
CN_API cn_logs *cn_train_step(cn_model *model, const cn_batch *batch);
CN_API cn_logs *cn_test_step(cn_model *model, const cn_batch *batch);
CN_API cn_tensor *cn_predict_step(cn_model *model, const cn_batch *batch);

#endif
